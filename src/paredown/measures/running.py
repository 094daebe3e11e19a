"""What a service takes while it runs: memory and processor, idle and under a small load."""

from collections.abc import Iterator

from paredown.comparison import Group, Measured, Reading, Unit
from paredown.measures.interface import Specimen

_MEMORY = "what its processes alone hold and the files they map, shared pages once"


def measure(specimen: Specimen) -> Iterator[Reading]:
    """All processes of the service together."""
    life = specimen.life
    yield _reading("memory, idle", Unit.BYTES, life.memory_idle, _MEMORY)
    yield _reading("memory, under a small load", Unit.BYTES, life.memory_loaded, f"the most of it during {life.load}" if life.load else "")
    yield _reading("processor, idle", Unit.SHARE, life.processor_idle, "time on a processor by time passed, before anything but its first request")
    yield _reading("processor time per answer", Unit.SECONDS, life.processor_per_answer, f"during {life.load}" if life.load else "")


def _reading(name: str, unit: Unit, value: Measured, how: str) -> Reading:
    return Reading(group=Group.RUN, name=name, unit=unit, value=value, how=how)
