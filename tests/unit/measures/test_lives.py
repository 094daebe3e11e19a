"""The toy service run in turn with itself, in the real sandbox."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from paredown.comparison import Figure, NotMeasured
from paredown.measures.interface import Life
from paredown.measures.lives import Effort, lives
from toy_images import ToyImage, toy_image


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyImage]:
    with toy_image(tmp_path_factory.mktemp("toy")) as made:
        yield made


def lived(toy: ToyImage, *habits: str, runs: int = 1, grace: float = 5) -> tuple[Life, ...]:
    """A service with good habits beside one with `habits`."""
    with ExitStack() as stack:
        subjects = [stack.enter_context(toy.subject(habit, settings={"grace": grace})) for habit in ("", " ".join(habits))]
        return lives(subjects, Effort(runs=runs, idle=0.2, requests=40))


def test_both_are_measured_in_turn_and_a_slow_start_is_seen(toy: ToyImage) -> None:
    for life in (found := lived(toy, "slow", runs=2)):
        assert isinstance(life.first_answer, Figure)
        assert len(life.first_answer.runs) == 2
        assert isinstance(life.ending, Figure)
        assert isinstance(life.memory_idle, Figure)
        assert 5e6 < life.memory_idle.value < 2e8
        assert isinstance(life.memory_loaded, Figure)
        assert life.memory_loaded.value >= life.memory_idle.value * 0.9
        assert isinstance(life.processor_idle, Figure)
        assert isinstance(life.processor_per_answer, Figure)
        assert 0 < life.processor_per_answer.value < 1
        assert life.listening == (8000,)
        assert life.complaints["read-only root"] is None
    quick, slow = (life.first_answer for life in found)
    assert isinstance(quick, Figure)
    assert isinstance(slow, Figure)
    assert min(slow.runs) > 1  # it sleeps for one second before it listens


def test_what_does_not_come_up_is_not_measured_and_the_other_one_is(toy: ToyImage) -> None:
    well, dead = lived(toy, "dies")
    assert isinstance(well.first_answer, Figure)
    for value in (dead.first_answer, dead.ending, dead.memory_idle, dead.memory_loaded, dead.processor_idle):
        assert isinstance(value, NotMeasured)
        assert "no such table: items" in value.reason
    assert not dead.complaints


def test_a_service_that_must_be_killed_has_no_time_of_ending(toy: ToyImage) -> None:
    _, deaf = lived(toy, "deaf", grace=0.5)
    assert deaf.ending == NotMeasured("it still ran 0.5 s after its stop signal")
    assert deaf.complaints["ends in time"] == "it was killed"
