"""What building costs: seconds and downloaded bytes, from nothing, from the cache, after a change of code; measured by who builds."""

from collections.abc import Iterator

from paredown.comparison import Group, Reading, Unit
from paredown.measures.interface import Specimen


def measure(specimen: Specimen) -> Iterator[Reading]:
    """As given."""
    builds = specimen.builds
    named = (("first build", builds.first), ("cached build", builds.cached), ("build after a line of code", builds.code_change))
    for name, build in named:
        yield Reading(group=Group.BUILD, name=name, unit=Unit.SECONDS, value=build.seconds)
        yield Reading(group=Group.BUILD, name=f"{name}: downloaded", unit=Unit.BYTES, value=build.downloaded)
