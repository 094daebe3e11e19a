"""What a run took, skipped, made and proved: the values every report is drawn from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from paredown.holdings import Holdings
from paredown.tree import Owner, Tree

# How a person keeps what a trim would take: in the settings of a project that is built, and as an option of `paredown slim`.
KEEP_SETTING = 'keep = ["{}"]'
KEEP_OPTION = "--keep '{}'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """What a trim took at a path, and why. `size` is what was taken and `left` what stays of the file, 0 when it is gone; in bytes, uncompressed."""

    path: str
    size: int
    trim: str
    reason: str
    owner: Owner
    left: int = 0


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A tree after its trims, what they took, and what to tell of what is left."""

    tree: Tree
    removals: tuple[Removal, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something that was not done, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of the work; `reused` when an earlier run's outcome served."""

    name: str
    seconds: float
    reused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSize:
    """What one owner weighs in the image. `compressed` is what the layer's stream grew by while its bytes passed."""

    owner: Owner
    files: int
    uncompressed: int
    compressed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSize:
    """One layer as stored; sizes in bytes."""

    name: str
    digest: str
    diff_id: str
    uncompressed: int
    compressed: int
    reused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One platform's image in figures. `uncompressed` is the sum of its files' bytes, `compressed` that of its layer blobs."""

    platform: str
    digest: str
    layers: tuple[LayerSize, ...]
    owners: tuple[OwnerSize, ...]
    uncompressed: int
    compressed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """Something written: where, and what it is."""

    kind: str
    where: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """All of one build."""

    name: str
    digest: str
    pictures: tuple[Picture, ...]
    removals: tuple[Removal, ...]
    skipped: tuple[Skipped, ...]
    phases: tuple[Phase, ...]
    artifacts: tuple[Artifact, ...]
    notes: tuple[str, ...] = ()
    verdict: "Verdict | None" = None  # of the image against itself untrimmed; None when that was skipped
    holdings: Holdings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing that a probe saw of one image. `key` names it among the probe's (`GET /items`, `numpy`); `value` is JSON.

    What was `kept` compares in one direction: `value` is None when all is well and else the complaint, and only what was well before must be well
    after. All else must be equal, but for what two runs of the same image disagree on.
    """

    probe: str
    key: str
    value: Any
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of what there is was looked at: `exercised` of the `known` ones, by name."""

    what: str
    exercised: frozenset[str]
    known: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """A place in a value that two runs of the same image did not agree on, and two of the values seen there."""

    probe: str
    key: str
    place: str
    one: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Culprit:
    """What a difference most likely comes from: a path of the image before that is missing or other after, its owner, and what took it.

    `fix` is the line of configuration that keeps it.
    """

    path: str
    owner: Owner
    trim: str = ""
    reason: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is not as it was: at `place` of the value of an observation, before and after, as text. `intended` says what declared it, if anything did."""

    probe: str
    key: str
    place: str
    before: str
    after: str
    culprits: tuple[Culprit, ...] = ()
    intended: str = ""


class Answer(StrEnum):
    """What a verification comes to."""

    EQUIVALENT = "equivalent"
    DIFFERENT = "different"
    UNPROVEN = "unproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All that comparing two images came to.

    `unproven` is what had to be exercised and could not be; `skipped` the checks that do not apply or could not be made, and why.
    """

    before: str
    after: str
    runner: str
    differences: tuple[Difference, ...]
    intended: tuple[Difference, ...]
    unproven: tuple[Skipped, ...]
    skipped: tuple[Skipped, ...]
    coverage: tuple[Coverage, ...]
    masks: tuple[Mask, ...]
    checks: tuple[tuple[str, int], ...]  # each probe's name and how many observations of it were compared
    phases: tuple[Phase, ...] = ()

    @property
    def answer(self) -> Answer:
        if self.differences:
            return Answer.DIFFERENT
        return Answer.UNPROVEN if self.unproven else Answer.EQUIVALENT

    def passes(self, *, allow_unproven: bool) -> bool:
        """Whether a command that asked for it has its answer: yes."""
        return self.answer is Answer.EQUIVALENT or (allow_unproven and self.answer is Answer.UNPROVEN)
