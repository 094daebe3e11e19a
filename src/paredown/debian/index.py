"""The merged package index of a suite, its updates and its security updates: a name to its newest package, in milliseconds."""

from dataclasses import dataclass, field

from paredown.lock import Pin


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One stanza of a Packages file. `url` is the full address; `fields` are all of the stanza's, by their name in lower case."""

    name: str
    version: str
    architecture: str
    url: str
    sha256: str
    size: int
    fields: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def pin(self) -> Pin:
        """What paredown.lock keeps of it."""
        raise NotImplementedError


class Index:
    """All packages of one suite with its updates and security updates, for one architecture.

    `date` (`20260912T075541Z`) is the newest of the three InRelease dates: the snapshot archive keeps these versions under it.
    """

    suite: str
    architecture: str
    date: str

    def package(self, name: str) -> Package | None:
        """The newest package called `name` by Debian's order of versions, or None."""
        raise NotImplementedError

    def providers(self, name: str) -> tuple[Package, ...]:
        """The packages (each the newest of its name) whose Provides name `name`, sorted by priority and name."""
        raise NotImplementedError

    def names(self) -> tuple[str, ...]:
        """Every real package name, sorted."""
        raise NotImplementedError
