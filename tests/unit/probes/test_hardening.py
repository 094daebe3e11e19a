"""A service under restrictions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from paredown.probes import hardening
from paredown.probes.interface import Subject
from paredown.result import Observation
from toy_images import ToyImage, toy_image
from toy_services import HostMachine, subject_of

KEYS = ["all together", "read-only root", "user 10001", "user 54321", "no capabilities"]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyImage]:
    with toy_image(tmp_path_factory.mktemp("toy")) as made:
        yield made


def seen_of(subject: Subject) -> dict[str, object]:
    return {seen.key: seen.value for seen in hardening.observe(subject) if isinstance(seen, Observation)}


def test_one_start_stands_for_most_when_it_stands_all_of_it(tmp_path: Path) -> None:
    subject = subject_of(tmp_path)
    found = seen_of(subject)
    assert [found[key] for key in KEYS] == [None] * 5
    assert isinstance(subject.machine, HostMachine)
    assert [(launch.user, launch.group, launch.read_only, launch.capabilities) for launch in subject.machine.launches] == [
        (54321, 0, True, False),
        (10001, 0, False, True),
        (0, 0, False, True),
    ]


def test_the_restriction_is_told_when_only_one_is_too_much(tmp_path: Path) -> None:
    found = seen_of(subject_of(tmp_path, "no-foreigners"))
    assert [found[key] is None for key in KEYS] == [False, True, True, False, True]
    assert "/app/data/state.json" in str(found["user 54321"])


def test_nothing_is_tried_one_by_one_when_it_does_not_start_at_all(tmp_path: Path) -> None:
    subject = subject_of(tmp_path, "dies")
    found = seen_of(subject)
    assert all("no such table" in str(found[key]) for key in KEYS)
    assert isinstance(subject.machine, HostMachine)
    assert len(subject.machine.launches) == 2


def test_it_is_told_where_it_listens_when_port_is_given(tmp_path: Path) -> None:
    assert seen_of(subject_of(tmp_path))["another PORT"] == "listens there"


def test_all_is_fine_when_a_real_sandbox_restricts_it(toy: ToyImage) -> None:
    with toy.subject("writes") as subject:
        found = seen_of(subject)
    assert [found[key] for key in KEYS] == [None] * 5
    assert found["another PORT"] == "listens there"
