"""Figures in words."""

import pytest

from comparisons import NEVER_BUILT, measurement
from paredown.comparison import Figure, Group, Measurement, NotMeasured, Unit
from paredown.reports.comparison.figures import Tone, change_text, figure_text, number_text, part_text, tone_of


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (62_322_862, Unit.BYTES, "62.3 MB"),
        (2423, Unit.COUNT, "2,423"),
        (0.0021, Unit.SHARE, "0.2 %"),
        (0.00036, Unit.SECONDS, "0.36 ms"),
        (0.43, Unit.SECONDS, "430 ms"),
        (3.26, Unit.SECONDS, "3.3 s"),
        (185.0, Unit.SECONDS, "3 min 05 s"),
    ],
)
def test_a_number_has_the_unit_that_suits_its_size(number: float, unit: Unit, text: str) -> None:
    assert number_text(number, unit) == text


@pytest.mark.parametrize(("part", "text"), [(-0.9125, "−91 %"), (-0.997, "−99.7 %"), (0.034, "+3.4 %"), (-0.05, "−5.0 %"), (1.0, "+100 %"), (11.0, "×12")])
def test_a_part_has_as_many_digits_as_tell_something(part: float, text: str) -> None:
    assert part_text(part) == text


def test_what_was_not_measured_is_no_number() -> None:
    assert figure_text(NEVER_BUILT, Unit.SECONDS) == "not measured"
    absent = measurement("first build", Figure(3.0), NotMeasured("there is no engine"), Unit.SECONDS, Group.BUILD)
    assert (change_text(absent), tone_of(absent)) == ("", Tone.NONE)


def test_a_change_within_the_spread_of_the_runs_is_none() -> None:
    before, after = Figure(0.50, (0.45, 0.50, 0.60)), Figure(0.47, (0.44, 0.47, 0.49))
    alike = measurement("start to first answer", before, after, Unit.SECONDS, Group.START)
    assert (change_text(alike), tone_of(alike)) == ("≈ same", Tone.ALIKE)


def test_a_change_beyond_the_spread_is_one() -> None:
    before, after = Figure(1.5, (1.4, 1.5, 1.6)), Figure(0.5, (0.4, 0.5, 0.6))
    faster = measurement("start to first answer", before, after, Unit.SECONDS, Group.START)
    assert (change_text(faster), tone_of(faster)) == ("−67 %", Tone.BETTER)


def test_sizes_know_no_chance() -> None:
    grown = measurement("image, compressed", Figure(1000), Figure(1001))
    assert (change_text(grown), tone_of(grown)) == ("+0.1 %", Tone.WORSE)


def test_what_came_from_nothing_is_told_as_a_number() -> None:
    assert change_text(measurement("hidden", Figure(0), Figure(5000))) == "+5.0 kB"


def test_what_is_no_longer_there_is_gone() -> None:
    hidden = measurement("hidden", Figure(5000), Figure(0))
    assert (change_text(hidden), tone_of(hidden)) == ("gone", Tone.BETTER)


def test_more_layers_are_no_worse() -> None:
    layers = Measurement(group=Group.LAYERS, name="layers", unit=Unit.COUNT, before=Figure(4), after=Figure(5), neutral=True)
    assert (change_text(layers), tone_of(layers)) == ("+1", Tone.NONE)
