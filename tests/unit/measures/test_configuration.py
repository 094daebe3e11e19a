"""Practices that the configuration shows."""

from pathlib import Path
from typing import Any

import pytest

from builders import tree_of
from paredown.comparison import Held
from paredown.measures.interface import Life
from paredown.measures.practices.configuration import PRACTICES
from paredown.oci.model import History
from specimens import specimen

JUDGES = {practice.name: practice.judge for practice in PRACTICES}
ACCOUNTS = {"etc/passwd": b"root:x:0:0:root:/root:/bin/sh\napp:x:10001:10001::/home/app:/bin/sh\n"}


def history(made_by: str) -> tuple[History, ...]:
    return (History(created_by=made_by),)


@pytest.mark.parametrize(
    ("practice", "config", "held", "seen"),
    [
        ("runs as a user who is not root", {}, Held.NO, "the user is not set, which is root"),
        ("runs as a user who is not root", {"user": "root"}, Held.NO, "the user is root"),
        ("runs as a user who is not root", {"user": "app"}, Held.YES, "the user is app, by number 10001:10001"),
        ("runs as a user who is not root", {"user": "ghost"}, Held.UNKNOWN, "'ghost' is not in the image's list of accounts"),
        ("the user is a number", {"user": "app"}, Held.NO, "`runAsNonRoot` refuses it"),
        ("the user is a number", {"user": "10001:0"}, Held.YES, "the number 10001"),
        ("no privileged port", {"ports": ("80/tcp", "8000/tcp")}, Held.NO, "it exposes 80/tcp"),
        ("no privileged port", {"ports": ("8000/tcp",)}, Held.YES, "it exposes 8000/tcp"),
        ("no privileged port", {"ports": ("nonsense",)}, Held.YES, "it exposes nonsense"),
        ("starts without a shell around it", {"command": ("/bin/sh", "-c", "uvicorn main:app")}, Held.NO, "given to /bin/sh"),
        ("starts without a shell around it", {"command": ("uvicorn", "main:app")}, Held.YES, "as uvicorn"),
        ("no secret in variables or history", {"environment": (("API_TOKEN", "x"),)}, Held.NO, "API_TOKEN"),
        ("no secret in variables or history", {"history": history("RUN |1 PIP_PASSWORD=hunter2 /bin/sh -c pip install")}, Held.NO, "PIP_PASSWORD"),
        ("no secret in variables or history", {"environment": (("LANG", "C"),)}, Held.YES, "none of 1 variables and 0 steps"),
        ("output is not held back", {"environment": (("PYTHONUNBUFFERED", "1"),)}, Held.YES, "PYTHONUNBUFFERED is set"),
        ("output is not held back", {}, Held.NO, "PYTHONUNBUFFERED is not set"),
    ],
)
def test_a_practice_is_judged_by_the_configuration(tmp_path: Path, practice: str, config: dict[str, Any], held: Held, seen: str) -> None:
    evidence = JUDGES[practice](specimen(tmp_path, tree_of(ACCOUNTS), **config))
    assert evidence.held is held
    assert seen in evidence.seen
    assert "hunter2" not in evidence.seen


def test_whom_the_processes_ran_as_is_told_when_it_was_seen(tmp_path: Path) -> None:
    evidence = JUDGES["runs as a user who is not root"](specimen(tmp_path, tree_of(ACCOUNTS), life=Life(users=("10001:0",)), user="10001"))
    assert evidence.seen.endswith("its processes were seen to run as 10001:0")
