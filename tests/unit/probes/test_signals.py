"""The stop signal, with a request in flight."""

from pathlib import Path

import pytest

from paredown.probes import arrival, signals
from paredown.probes.exchange.interface import HttpRequest
from paredown.probes.interface import Seen
from paredown.result import Observation, Skipped
from toy_services import subject_of

POST = HttpRequest(key="POST /", method="POST", target="/", body=b"hello world")


def seen_of(folder: Path, *habits: str, request: HttpRequest | None = POST) -> tuple[dict[str, object], list[Seen]]:
    subject = subject_of(folder, *habits, settings={"grace": 1})
    with subject.machine.service(subject.launch) as service:
        assert arrival.awaited(service, subject, subject.launch, "/") is None
        seen = list(signals.observe(service, subject, (request,) if request else ()))
    return {item.key: item.value for item in seen if isinstance(item, Observation)}, seen


def test_all_is_well_when_a_service_ends_as_it_should(tmp_path: Path) -> None:
    found, _ = seen_of(tmp_path)
    assert found == {"runs until it is told to end": None, signals._IN_FLIGHT: None, "ends in time": None, "exit status": 0}


def test_the_complaint_says_so_when_the_signal_is_ignored(tmp_path: Path) -> None:
    found, _ = seen_of(tmp_path, "deaf")
    assert found["ends in time"] == "still running 1 seconds after SIGTERM"
    assert found["exit status"] == 137


def test_the_complaint_says_so_when_a_request_is_dropped(tmp_path: Path) -> None:
    found, _ = seen_of(tmp_path, "hasty")
    assert found[signals._IN_FLIGHT] == "a request that was being sent when the service was told to end got no answer"
    assert found["exit status"] == 3


def test_requests_in_flight_are_skipped_when_none_takes_a_body(tmp_path: Path) -> None:
    found, seen = seen_of(tmp_path, request=None)
    assert [item.reason for item in seen if isinstance(item, Skipped)] == ["no request is known whose body the service waits for"]
    assert found["ends in time"] is None


def test_nothing_is_complained_of_when_a_request_is_answered_without_its_body(tmp_path: Path) -> None:
    early = HttpRequest(key="GET /", method="GET", target="/", body=b"not read")
    found, _ = seen_of(tmp_path, request=early)
    assert found[signals._IN_FLIGHT] is None


def test_the_end_is_told_when_it_came_before_the_signal(tmp_path: Path) -> None:
    subject = subject_of(tmp_path, "dies")
    with subject.machine.service(subject.launch) as service:
        service.wait(20)
        seen = list(signals.observe(service, subject, ()))
    assert [item.value for item in seen if isinstance(item, Observation)] == ["it ended by itself with status 1"]


@pytest.mark.parametrize(("name", "number"), [("SIGTERM", 15), ("INT", 2), ("9", 9), ("SIGNOPE", 15)])
def test_a_signal_is_known_when_named_as_configurations_do(name: str, number: int) -> None:
    assert signals.number_of(name) == number
