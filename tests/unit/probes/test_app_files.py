from pathlib import Path

import pytest

from paredown.probes.app_files import observe
from paredown.result import Skipped
from paredown.tree import Entry, file_of
from resting_service import DOCKER, MAIN, PAREDOWN, differing, seen, service


def test_app_files_are_equal_in_another_layout(tmp_path: Path) -> None:
    assert set(seen(observe, service(tmp_path))) == {"main.py", "static/page.css", "manage.sh"}
    assert differing(observe, service(tmp_path, DOCKER), service(tmp_path, PAREDOWN)) == []


@pytest.mark.parametrize(
    ("path", "what", "key"),
    [
        ("app/main.py", b"app = 'other'\n", "main.py"),
        ("app/main.py", file_of(MAIN, mode=0o600), "main.py"),
        ("app/static/page.css-", None, "static/page.css"),
        ("app/manage.sh", file_of(b"#!/bin/sh\nexec true\n"), "manage.sh"),
        ("app/static/page.css", "-> other.css", "static/page.css"),
    ],
)
def test_app_files_differ_when_one_does(tmp_path: Path, path: str, what: bytes | str | Entry | None, key: str) -> None:
    assert differing(observe, service(tmp_path), service(tmp_path, changes={path: what})) == [key]


def test_app_files_are_equal_when_recipes_caches_and_environments_differ(tmp_path: Path) -> None:
    more = {
        "app/Dockerfile": b"FROM", "app/.dockerignore": b"", "app/__pycache__/main.cpython-313.pyc": b"", "app/.git/HEAD": b"", "app/compose.yaml": b"",
        "app/.venv/pyvenv.cfg": b"", "app/.venv/lib/x.py": b"", "app/service.egg-info/PKG-INFO": b"",
    }  # fmt: skip
    assert differing(observe, service(tmp_path, changes=more), service(tmp_path)) == []


def test_app_files_are_found_by_the_command_without_a_working_directory(tmp_path: Path) -> None:
    told = seen(observe, service(tmp_path, working_directory="", command=("python", "/app/main.py")))
    assert "main.py" in told


def test_app_files_are_skipped_when_nothing_tells_where_they_are(tmp_path: Path) -> None:
    assert [type(each) for each in observe(service(tmp_path, working_directory=""))] == [Skipped]
