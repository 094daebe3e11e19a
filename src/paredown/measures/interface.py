"""What measures work with. A measure is a module with a `measure` function that yields what it reads of one image, at rest or from its life."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from paredown.comparison import BuildTimes, Evidence, Measured, NotMeasured, Reading
from paredown.probes.interface import Image
from paredown.result import Picture
from paredown.tree import Tree

NOT_RUN = NotMeasured("the image was not run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What running an image showed. Memory in bytes, times in seconds, `processor_idle` as a share of one.

    `complaints` are by what was tried (`read-only root`): None when all went well. `untried` says why one that is not there was not tried.
    `listening` are ports; `stopped` is the sentence on how it ended.
    """

    first_answer: Measured = NOT_RUN
    ending: Measured = NOT_RUN
    memory_idle: Measured = NOT_RUN
    memory_loaded: Measured = NOT_RUN
    processor_idle: Measured = NOT_RUN
    processor_per_answer: Measured = NOT_RUN
    load: str = ""
    complaints: Mapping[str, str | None] = field(default_factory=dict)
    users: tuple[str, ...] = ()
    listening: tuple[int, ...] | None = None
    untried: str = NOT_RUN.reason


def never_lived(reason: str) -> Life:
    """Of an image that cannot be run."""
    why = NotMeasured(reason)
    return Life(
        first_answer=why, ending=why, memory_idle=why, memory_loaded=why, processor_idle=why, processor_per_answer=why, untried=reason,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """An image to measure: its picture, and what each of its layers brings, the lowest first."""

    image: Image
    picture: Picture
    layers: tuple[Tree, ...]
    life: Life = field(default_factory=Life)
    builds: BuildTimes = field(default_factory=BuildTimes)


def number_of(port: str) -> int:
    """The number of an exposed port (`8000/tcp`); 0 for what is none, as an image may say anything."""
    number = port.partition("/")[0]
    return int(number) if number.isascii() and number.isdigit() else 0


Measure = Callable[[Specimen], Iterator[Reading]]
Judge = Callable[[Specimen], Evidence]


@dataclass(frozen=True, slots=True)
class Asked:
    """A practice: what it is called when it is followed, who asks for it, and what judges an image by it."""

    name: str
    sources: tuple[str, ...]
    judge: Judge
