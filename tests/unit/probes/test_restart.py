"""Killed and started again."""

from pathlib import Path

from paredown.probes import restart
from paredown.probes.interface import Subject
from paredown.result import Observation
from toy_services import subject_of


def seen_of(subject: Subject) -> dict[str, object]:
    return {seen.key: seen.value for seen in restart.observe(subject) if isinstance(seen, Observation)}


def test_all_it_said_is_there_when_it_was_killed(tmp_path: Path) -> None:
    found = seen_of(subject_of(tmp_path))
    assert found["starts again after a kill"] is None
    assert found["stdout when killed"] == {
        "/ asked": "/ asked at <n>",
        "/not-there asked": "/not-there asked at <n>",
        "listening as": "listening as <n>",
    }


def test_what_it_said_is_lost_when_it_buffers(tmp_path: Path) -> None:
    found = seen_of(subject_of(tmp_path, "buffers"))
    assert found["starts again after a kill"] is None
    assert found["stdout when killed"] == {}


def test_the_complaint_says_why_when_something_left_behind_is_in_the_way(tmp_path: Path) -> None:
    complaint = seen_of(subject_of(tmp_path, "lock"))["starts again after a kill"]
    assert "FileExistsError" in str(complaint)


def test_the_complaint_says_why_when_it_never_starts(tmp_path: Path) -> None:
    found = seen_of(subject_of(tmp_path, "dies"))
    assert list(found) == ["starts again after a kill"]
    assert str(found["starts again after a kill"]).endswith("no such table: items")
