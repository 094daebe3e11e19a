"""Two images side by side, before and after, in figures and in evidence: what the report is drawn from."""

from dataclasses import dataclass, field
from enum import StrEnum

from paredown.origin import Origin
from paredown.result import OwnerSize, Picture, Verdict


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number. `runs` are the single values that it is the median of; () when it was measured once and is exact."""

    value: float
    runs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Why there is no number."""

    reason: str


Measured = Figure | NotMeasured


class Unit(StrEnum):
    """What a figure counts."""

    BYTES = "bytes"
    SECONDS = "seconds"
    COUNT = "count"
    SHARE = "share of one processor"  # 1 is one processor all the time


class Group(StrEnum):
    """The parts of the table, in the order of the report."""

    SIZE = "size"
    LAYERS = "layers"
    BUILD = "build"
    START = "start and stop"
    RUN = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one measure says of one image; `how` it came to it, in a few words. Less is better, unless it is `neutral`."""

    group: Group
    name: str
    unit: Unit
    value: Measured
    how: str = ""
    neutral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One row of the table. Less is better, unless it is `neutral`."""

    group: Group
    name: str
    unit: Unit
    before: Measured
    after: Measured
    how: str = ""
    neutral: bool = False

    @property
    def change(self) -> float | None:
        """By which part of it the figure changed, -0.6 being 60 % less; None where there is nothing to divide."""
        match self.before, self.after:
            case Figure(before), Figure(after) if before:
                return (after - before) / before
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One kind of what helps an attacker, by name, sorted; `why` it does."""

    name: str
    why: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Held(StrEnum):
    """Whether a practice is followed."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The answer of one image, and the sentence that it rests on."""

    held: Held
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """One line of the checklist; `sources` are the lists that ask for it, such as `CIS 4.1`."""

    name: str
    sources: tuple[str, ...]
    before: Evidence
    after: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One edit: the rule or trim that made it, what it did, why, and the line it changed, where there is one."""

    rule: str
    what: str
    why: str
    where: Origin | None = None


NOT_BUILT = NotMeasured("two finished images were compared; nothing was built")


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """One build: seconds it took, and bytes that it downloaded."""

    seconds: Measured = NOT_BUILT
    downloaded: Measured = NOT_BUILT


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildTimes:
    """One image's builds: the first on an empty cache, one with everything cached, one after a line of code was changed."""

    first: Building = field(default_factory=Building)
    cached: Building = field(default_factory=Building)
    code_change: Building = field(default_factory=Building)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All of the report. `whose` is the sentence that says who made the changes, `how` those that say by what means it was measured."""

    before: Picture
    after: Picture
    verdict: Verdict
    measurements: tuple[Measurement, ...]
    exposures: tuple[Exposure, ...]
    practices: tuple[Practice, ...]
    changes: tuple[Change, ...] = ()
    whose: str = ""
    how: tuple[str, ...] = ()

    @property
    def owners(self) -> tuple[tuple[OwnerSize, ...], tuple[OwnerSize, ...]]:
        """What each owner weighs, before and after."""
        return self.before.owners, self.after.owners

    def measured(self, name: str) -> Measurement | None:
        """The measurement of this name."""
        return next((each for each in self.measurements if each.name == name), None)
