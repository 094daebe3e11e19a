"""What front ends give and take: overrides from the command line, the project that was read, and how a service may start."""

from dataclasses import dataclass

from paredown.origin import Origin
from paredown.plan import Plan, Platform, Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the command line says; it goes before every file of the project. None and () say nothing."""

    name: str | None = None
    python: str | None = None
    platforms: tuple[Platform, ...] = ()
    trim: str | None = None
    bytecode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as read: its Plan, and what is not about what the image is but how it is made and verified.

    `trim` is `none`, `safe` or `lean`; `bytecode` is `imported`, `all` or `none`.
    """

    plan: Plan
    trim: str
    bytecode: str
    verification: Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One way the service may start.

    `reason` is a clause for a note ("`app` in main.py is a FastAPI application"). `environment` comes with the words.
    `working_directory` is where the words must run, relative to the app folder. `module` is the dotted module that they name.
    """

    words: tuple[str, ...]
    origin: Origin
    reason: str
    environment: tuple[tuple[str, str], ...] = ()
    working_directory: str | None = None
    module: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """The distributions that the chosen file names, normalised. `complete` when it names their dependencies too.

    `add` is the command that adds a distribution, for a fix: `uv add`.
    """

    names: frozenset[str]
    complete: bool
    file: str
    add: str

    def has(self, name: str) -> bool:
        return name in self.names
