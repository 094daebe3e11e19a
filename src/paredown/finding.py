"""What checks find: findings with their places, and the files and images that they were made of."""

from dataclasses import dataclass
from enum import StrEnum

from paredown.card import Card
from paredown.dockerfile.syntax import Edit
from paredown.errors import ParedownError


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"  # it does not work, or it lets others in
    WARNING = "warning"  # it costs size, time or safety
    INFO = "info"  # better is possible

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A part of a user's file: lines and columns count from 1, the end column is the one behind. Line 0 means the whole of the file or image."""

    file: str
    line: int = 0
    column: int = 1
    end_line: int = 0
    end_column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found: where, in a sentence, and what to do about it.

    `edits` are the changes of the file's text that mend it; () when only a person can. `safe` when they keep behaviour by argument.
    `advice` says in a sentence what to write where there are none.
    """

    rule: str
    severity: Severity
    message: str
    place: Place
    edits: tuple[Edit, ...] = ()
    safe: bool = False
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A rule or a trim as people read of it.

    `kind` is `rule` or `trim`, `level` its severity or its level; `before` and `after` are its example as text, both empty where it has none.
    """

    card: Card
    kind: str
    level: str
    same_as: tuple[str, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One file or image that rules looked at.

    `file` is its name as the user knows it, `location` its path relative to the repository's root (absolute outside of one, an image's name).
    `text` is what the findings point into, secrets hidden by asterisks; empty for an image. `failing` is the number of findings that shall fail the run.
    `mended` are findings whose edits were made (or would be, when asked for a diff), `diff` the change; `problem` is why it could not be checked.
    """

    file: str
    location: str
    kind: str
    text: str = ""
    findings: tuple[Finding, ...] = ()
    failing: int = 0
    mended: tuple[Finding, ...] = ()
    diff: str = ""
    notes: tuple[str, ...] = ()
    problem: ParedownError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """All of one check: its files and images in order, and the rules that were asked, by id."""

    files: tuple[Checked, ...]
    rules: tuple[Described, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for checked in self.files for finding in checked.findings)

    @property
    def problems(self) -> tuple[ParedownError, ...]:
        return tuple(checked.problem for checked in self.files if checked.problem)
