"""How long a service takes: from being started to its first answer, and from the stop signal to its end."""

from collections.abc import Iterator

from paredown.comparison import Group, Reading, Unit
from paredown.measures.interface import Specimen


def measure(specimen: Specimen) -> Iterator[Reading]:
    """The median of the runs."""
    life = specimen.life
    yield Reading(
        group=Group.START, name="start to first answer", unit=Unit.SECONDS, value=life.first_answer, how="from being told to start, as the runner does it"
    )
    yield Reading(group=Group.START, name="stop signal to end", unit=Unit.SECONDS, value=life.ending, how="with no request under way")
