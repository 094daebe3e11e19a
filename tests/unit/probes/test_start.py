"""What starting shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from paredown.probes import arrival, start
from paredown.probes.start import program_of
from paredown.result import Observation, Skipped
from toy_images import ToyImage, toy_image
from toy_services import subject_of

COMMANDS = [
    (["/opt/venv/bin/python", "/opt/venv/bin/uvicorn", "main:app"], "uvicorn"),
    (["/usr/local/bin/python3.13", "-u", "-X", "utf8", "-m", "uvicorn", "main:app"], "uvicorn"),
    (["python", "-I", "-S", "app.py"], "app.py"),
    (["gunicorn: worker [app]"], "gunicorn"),
    (["/usr/bin/python3", "-c", "from multiprocessing.spawn import spawn_main; spawn_main()", "--multiprocessing-fork"], "multiprocessing worker"),
    (["/usr/bin/python3", "-c", "from multiprocessing.resource_tracker import main;main(7)"], "multiprocessing tracker"),
    (["/usr/bin/python3", "-c", "import time; time.sleep(9)"], "python -c"),
    (["/usr/sbin/nginx", "-g", "daemon off;"], "nginx"),
    (["/bin/sh", "-c", "uvicorn main:app"], "sh"),
    (["python3"], "python"),
]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyImage]:
    with toy_image(tmp_path_factory.mktemp("toy")) as made:
        yield made


@pytest.mark.parametrize(("words", "program"), COMMANDS)
def test_a_program_has_its_name_when_it_runs_on_an_interpreter(words: list[str], program: str) -> None:
    assert program_of(words) == program


@pytest.mark.parametrize(("habits", "place"), [((), "every IPv4 address"), (("loopback",), "loopback only")])
def test_it_is_seen_where_the_service_listens_when_it_is_up(habits: tuple[str, ...], place: str, toy: ToyImage) -> None:
    with toy.subject(*habits) as subject, subject.machine.service(subject.launch) as service:
        assert arrival.awaited(service, subject, subject.launch, "/") is None
        assert list(start.observe(service, subject)) == [Observation(probe="start", key="listens", value={"8000": place})]


def test_the_look_is_skipped_when_the_image_has_no_python(tmp_path: Path) -> None:
    subject = subject_of(tmp_path)
    with subject.machine.service(subject.launch) as service:
        assert list(start.observe(service, subject)) == [Skipped(what="where the service listens", reason="the image has no Python to look with")]


def test_the_reason_is_told_when_the_python_is_broken(tmp_path: Path) -> None:
    subject = subject_of(tmp_path)
    with subject.machine.service(subject.launch) as service:
        assert start.looked(service, "/bin/false") == "its Python could not look around: exit status 1"
        assert start.looked(service, "/not/there") == "/not/there cannot be started: No such file or directory"
