"""Measures put figures and evidence to two images, side by side."""

from paredown.comparison import Exposure, Measurement, NotMeasured, Practice, Reading
from paredown.measures import attack, building, layers, running, sizes, starting
from paredown.measures.interface import Measure, Specimen
from paredown.measures.practices import PRACTICES

# In the order of the report.
MEASURES: tuple[Measure, ...] = (sizes.measure, layers.measure, building.measure, starting.measure, running.measure)

_NO_SUCH = NotMeasured("this image has no such reading")


def measured(before: Specimen, after: Specimen) -> tuple[Measurement, ...]:
    """Every reading of both images, paired by name."""
    one, other = ({reading.name: reading for measure in MEASURES for reading in measure(specimen)} for specimen in (before, after))
    return tuple(_pair((one.get(name) or other[name]), one.get(name), other.get(name)) for name in {**one, **other})


def _pair(named: Reading, before: Reading | None, after: Reading | None) -> Measurement:
    return Measurement(
        group=named.group,
        name=named.name,
        unit=named.unit,
        before=before.value if before else _NO_SUCH,
        after=after.value if after else _NO_SUCH,
        how=named.how,
        neutral=named.neutral,
    )


def exposures(before: Specimen, after: Specimen) -> tuple[Exposure, ...]:
    """What helps an attacker, in both."""
    return attack.exposures(before.image, after.image)


def practices(before: Specimen, after: Specimen) -> tuple[Practice, ...]:
    """The checklist, each line with both images' evidence."""
    return tuple(Practice(name=each.name, sources=each.sources, before=each.judge(before), after=each.judge(after)) for each in PRACTICES)
