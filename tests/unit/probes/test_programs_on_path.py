from pathlib import Path

from paredown.oci.model import HealthTest
from paredown.probes.programs_on_path import observe
from paredown.tree import file_of
from resting_service import DOCKER, PAREDOWN, differing, seen, service


def test_programs_are_fine_in_either_layout(tmp_path: Path) -> None:
    assert set(seen(observe, service(tmp_path, DOCKER)).values()) == {None}
    assert differing(observe, service(tmp_path, DOCKER), service(tmp_path, PAREDOWN)) == []


def test_python_complains_when_another_comes_first_on_path(tmp_path: Path) -> None:
    changes = {"usr/bin/python": "-> python3.13", "usr/bin/python3": "-> python3.13"}
    path = (("PATH", "/usr/bin:/opt/venv/bin"),)
    command = ("/opt/venv/bin/fastserve", "main:app")
    good, turned = service(tmp_path, changes=changes, command=command), service(tmp_path, changes=changes, command=command, environment=path)
    assert differing(observe, good, turned) == ["python", "python3"]
    assert seen(observe, turned)["python"] == "python on PATH, /usr/bin/python, does not import from the service's distributions"


def test_command_complains_of_a_program_that_may_not_be_executed(tmp_path: Path) -> None:
    told = seen(observe, service(tmp_path, changes={"opt/venv/bin/fastserve": file_of(b"#!/opt/venv/bin/python3\n")}))
    assert told["program of the command"] == "/opt/venv/bin/fastserve may not be executed by 10001:0"
    assert told["programs of the distributions"] == "not executable: /opt/venv/bin/fastserve"


def test_command_complains_of_a_program_that_is_not_there(tmp_path: Path) -> None:
    assert seen(observe, service(tmp_path, command=("gunicorn",)))["program of the command"] == "gunicorn is not on PATH"


def test_health_check_complains_of_a_missing_program_or_script(tmp_path: Path) -> None:
    def told(*test: str) -> str | None:
        found: str | None = seen(observe, service(tmp_path, health=HealthTest(test=test)))["program of the health check"]
        return found

    assert told("CMD", "curl", "-f", "http://localhost") == "curl is not on PATH"
    assert told("CMD-SHELL", "curl -f http://localhost || exit 1") == "curl is not on PATH"
    assert told("CMD", "/usr/bin/python3.13", "/opt/paredown/other.py") == "/opt/paredown/other.py is not in the image"
    assert told("CMD", "/usr/bin/python3.13", "-I", "/opt/paredown/health.py") is None
