"""What an image holds, as values: packages, files, and which advisories name a package; three figures, none of which stands for another."""

from collections.abc import Mapping
from dataclasses import dataclass

PYTHON = "PyPI"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A package as advisories name it: by its source, in an ecosystem of OSV and, but for PyPI, of one release, which may have several names."""

    ecosystem: str
    name: str
    version: str
    releases: tuple[str, ...] = ()  # ("12", "bookworm")

    @property
    def origin(self) -> str:
        """`Debian 12`, `PyPI`."""
        return " ".join((self.ecosystem, *self.releases[:1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A package or distribution of which something is in the image; `reduced` when files of it are gone or smaller.

    `kind` is `dpkg`, `apk`, `conda` or `PyPI`; `subject` is None where no advisories are known to look it up in.
    """

    name: str
    version: str
    kind: str
    reduced: bool
    subject: Subject | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is in one image. `files` counts links as well, folders not."""

    packages: tuple[Held, ...]
    files: int

    @property
    def distributions(self) -> int:
        return sum(each.kind == PYTHON for each in self.packages)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return tuple(each.subject for each in self.packages if each.subject is not None)

    @property
    def reduced(self) -> int:
        return sum(each.reduced for each in self.packages)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What advisory data says of packages: by subject the ids that match it, and those which it does not decide.

    An advisory with several ids is told by one of them, the others are its `aliases`. `unreadable` names what of the data could not be read,
    `covered` the origins (`Debian 12`) for which there is anything in it. `read` counts advisories; withdrawn ones match nothing.
    """

    matched: Mapping[Subject, frozenset[str]]
    undecided: Mapping[Subject, frozenset[str]]
    aliases: Mapping[str, tuple[str, ...]]
    read: int
    withdrawn: int
    unreadable: tuple[str, ...]
    covered: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What images hold, by what each is called (`before`, `after`); `looked_up` is None where nobody pointed at advisory data."""

    contents: Mapping[str, Contents]
    looked_up: LookedUp | None = None
