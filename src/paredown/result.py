"""What a run found, took, skipped and made: the values every report is drawn from."""

from dataclasses import dataclass

from paredown.tree import Owner, Tree


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
