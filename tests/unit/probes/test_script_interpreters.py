from pathlib import Path

from paredown.probes.script_interpreters import observe
from resting_service import DOCKER, PAREDOWN, differing, seen, service


def test_interpreters_are_fine_in_either_layout(tmp_path: Path) -> None:
    assert set(seen(observe, service(tmp_path))) == {"fastserve: fastserve", "manage.sh", "the command"}
    assert differing(observe, service(tmp_path, DOCKER), service(tmp_path, PAREDOWN)) == []


def test_interpreter_complains_when_the_first_line_names_a_missing_one(tmp_path: Path) -> None:
    bad = service(tmp_path, changes={"opt/venv/bin/fastserve*": b"#!/opt/other/bin/python\n"})
    assert seen(observe, bad)["fastserve: fastserve"] == "/opt/venv/bin/fastserve names /opt/other/bin/python: /opt/other/bin/python is not in the image"
    assert differing(observe, service(tmp_path), bad) == ["fastserve: fastserve", "the command"]


def test_interpreter_complains_when_the_shell_is_gone(tmp_path: Path) -> None:
    assert differing(observe, service(tmp_path), service(tmp_path, changes={"usr/bin/sh-": None})) == ["manage.sh"]


def test_interpreter_is_looked_up_on_path_when_env_is_named(tmp_path: Path) -> None:
    env = {"usr/bin/env*": b"\x7fELF", "app/job*": b"#!/usr/bin/env -S python3 -u\n", "app/other*": b"#!/usr/bin/env perl\n"}
    told = seen(observe, service(tmp_path, changes=env))
    assert (told["job"], told["other"]) == (None, "/app/other names perl: perl is not on PATH")
