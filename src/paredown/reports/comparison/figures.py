"""Figures in words: units, changes, and whether a change is one or mere chance."""

from enum import StrEnum

from paredown.comparison import Figure, Group, Measured, Measurement, NotMeasured, Unit
from paredown.reports.terminal import size_text

ABSENT = "not measured"
ALIKE = "≈ same"

# By which part of it two single measurements of one and the same thing may differ by chance; sizes and counts do not at all.
_CHANCE = {Unit.SECONDS: 0.15, Unit.SHARE: 0.5, Unit.BYTES: 0.03, Unit.COUNT: 0.0}
_LEAST_SHARE = 0.005  # of a processor: less than that is nothing either way


class Tone(StrEnum):
    """What to think of a change."""

    BETTER = "better"
    WORSE = "worse"
    ALIKE = "alike"
    NONE = "none"


def figure_text(value: Measured, unit: Unit) -> str:
    """A figure with its unit, or that there is none."""
    match value:
        case NotMeasured():
            return ABSENT
        case Figure(number):
            return number_text(number, unit)


def number_text(number: float, unit: Unit) -> str:
    """`62.3 MB`, `430 ms`, `2,423`, `0.2 %`."""
    match unit:
        case Unit.BYTES:
            return size_text(round(number))
        case Unit.COUNT:
            return f"{round(number):,}"
        case Unit.SHARE:
            return f"{number * 100:.1f} %"
        case Unit.SECONDS:
            return seconds_text(number)


def seconds_text(seconds: float) -> str:
    """Milliseconds below one second, minutes from two on."""
    if seconds < 0.01:
        return f"{seconds * 1000:.2f} ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02} s"


def part_text(part: float) -> str:
    """A change as a part: `−91 %`, `+3.4 %`; from ten times as much on, `×12`."""
    if part >= 9:
        return f"×{part + 1:,.0f}"
    percent = part * 100
    digits = 0 if percent >= 10 or -99 < percent <= -10 else 1
    return f"{'−' if percent < 0 else '+'}{abs(percent):.{digits}f} %"


def tone_of(measurement: Measurement) -> Tone:
    """Less is better; what chance alone could do is no change."""
    match measurement.before, measurement.after:
        case Figure() as before, Figure() as after if not measurement.neutral:
            if _is_chance(measurement, before, after):
                return Tone.ALIKE
            return Tone.BETTER if after.value < before.value else Tone.WORSE
    return Tone.NONE


def change_text(measurement: Measurement) -> str:
    """The change of a row; nothing where one of its figures is absent."""
    match measurement.before, measurement.after:
        case Figure(before), Figure(after):
            if before == after:
                return "same"
            if not after:
                return "gone"
            if tone_of(measurement) is Tone.ALIKE:
                return ALIKE
            if measurement.change is None or measurement.neutral:
                return f"{'−' if after < before else '+'}{number_text(abs(after - before), measurement.unit)}"
            return part_text(measurement.change)
    return ""


def _is_chance(measurement: Measurement, before: Figure, after: Figure) -> bool:
    if before.value == after.value:
        return True
    if measurement.group in (Group.SIZE, Group.LAYERS) or measurement.unit is Unit.COUNT:
        return False
    if measurement.unit is Unit.SHARE and abs(before.value - after.value) < _LEAST_SHARE:
        return True
    if before.runs and after.runs:
        return _among(before.value, after.runs) or _among(after.value, before.runs)
    return abs(before.value - after.value) <= _CHANCE[measurement.unit] * max(before.value, after.value)


def _among(value: float, runs: tuple[float, ...]) -> bool:
    return min(runs) <= value <= max(runs)
