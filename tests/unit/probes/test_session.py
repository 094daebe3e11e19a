"""The life of a service."""

import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from paredown.probes import asking, session
from paredown.probes.exchange.interface import Answer, Guide, HttpRequest, Known, Request
from paredown.probes.exchange.script import Script
from paredown.probes.interface import Seen, Subject, Unproven
from paredown.result import Observation, Skipped
from paredown.runners.interface import Service
from toy_services import subject_of


def asker(guide: Guide) -> Generator[Request | Known, Answer | None, None]:
    yield HttpRequest(key="GET /", method="GET", target="/")
    yield HttpRequest(key="POST /", method="POST", target="/", body=b"hello world")


def seen_of(folder: Path, *habits: str, leads: bool = True, script: Script | None = None, **settings: object) -> tuple[dict[str, object], list[Seen]]:
    script = script or Script()
    seen = list(session.observe(subject_of(folder, *habits, settings=settings), script, (asker,), leads=leads))
    return {item.key: item.value for item in seen if isinstance(item, Observation)}, seen


def test_all_of_its_life_is_seen_when_it_is_well(tmp_path: Path) -> None:
    found, seen = seen_of(tmp_path)
    assert found["comes up"] is None
    assert found["a request in flight"] is None
    assert found["exit status"] == 0
    assert found["stdout while up"] == {"/ asked": "/ asked at <n>", "listening as": "listening as <n>"}
    assert found["stderr at the end"] == {"ends": "ends"}
    assert not [item for item in seen if isinstance(item, Unproven)]


def test_nothing_differs_when_it_is_looked_at_twice(tmp_path: Path) -> None:
    script = Script()
    first, _ = seen_of(tmp_path, script=script)
    second, _ = seen_of(tmp_path, leads=False, script=script)
    assert first == second


@pytest.mark.parametrize(
    ("habit", "words"),
    [
        ("dies", "no such table: items"),
        ("needs-variable", "it needs the environment variable DATABASE_URL"),
        ("hangs", "did not answer on port"),
        ("elsewhere", "did not answer on port"),
    ],
)
def test_the_complaint_says_why_when_it_does_not_come_up(habit: str, words: str, tmp_path: Path) -> None:
    script = Script()
    found, seen = seen_of(tmp_path, habit, script=script, patience=1.5)
    assert list(found) == ["comes up"]
    assert words in str(found["comes up"])
    assert [words in item.reason and "fix: " in item.reason for item in seen if isinstance(item, Unproven)] == [True]
    assert list(script.lines()) == []


def test_what_is_logged_of_the_users_own_tests_is_not_compared(tmp_path: Path) -> None:
    def own_test(service: Service, subject: Subject) -> Iterator[Seen]:
        asking.status_of(service, subject.launch.ports[0], "/random", timeout=5)
        yield Observation(probe="test", key="test", value="done")

    seen = list(session.observe(subject_of(tmp_path), Script(), (asker,), leads=True, more=(own_test,)))
    found = {item.key: item.value for item in seen if isinstance(item, Observation)}
    assert found["test"] == "done"
    assert not [value for key, value in found.items() if key.startswith("std") and "/random" in str(value)]


def test_request_in_flight_has_the_users_headers_when_the_service_asks_for_them(tmp_path: Path) -> None:
    found, seen = seen_of(tmp_path, "guarded", headers=(("Authorization", "Bearer x"),))
    assert found["a request in flight"] is None
    assert not [item for item in seen if isinstance(item, Skipped) and "in flight" in item.what]


def test_it_is_waited_for_when_it_is_slow(tmp_path: Path) -> None:
    assert seen_of(tmp_path, "slow")[0]["comes up"] is None


def test_it_ends_when_children_are_left_and_output_floods(tmp_path: Path) -> None:
    found, _ = seen_of(tmp_path, "forks", "flood")
    assert found["exit status"] == 0
    assert found["stdout while up"] == {"/ asked": "/ asked at <n>", "a line": "a line of many", "listening as": "listening as <n>"}


def test_the_set_up_command_runs_first_when_there_is_one(tmp_path: Path) -> None:
    found, _ = seen_of(tmp_path, "dies", setup=(sys.executable, "-c", "pass"))
    assert list(found) == ["set-up command", "comes up"]


def test_the_last_lines_are_told_when_the_set_up_command_goes_wrong(tmp_path: Path) -> None:
    _, seen = seen_of(tmp_path, setup=(sys.executable, "-c", "raise SystemExit('no migrations')"))
    reasons = [item.reason for item in seen if isinstance(item, Unproven)]
    assert len(reasons) == 1
    assert "ended with status 1\nno migrations\nfix: correct `setup`" in reasons[0]


def test_the_complaint_says_so_when_the_program_cannot_be_started(tmp_path: Path) -> None:
    _, seen = seen_of(tmp_path, setup=("/not/there",))
    assert [item.reason.startswith("the set-up command `/not/there` did not run") for item in seen if isinstance(item, Unproven)] == [True]
