"""How long work tells what it does: a callback the lower rooms call and the command line draws."""

from typing import Protocol


class Progress(Protocol):
    """Told of work as it goes on. `total` and `done` are bytes; `total` 0 is unknown."""

    def phase(self, name: str) -> None:
        """A phase begins (`verify, trial 2`); an empty name ends it."""

    def advance(self, task: str, done: int, total: int) -> None:
        """`task` (for instance `numpy-2.1.0.whl`) has `done` of `total` bytes."""


class Quiet:
    """Tells nobody."""

    def phase(self, name: str) -> None:
        """Nothing."""

    def advance(self, task: str, done: int, total: int) -> None:
        """Nothing."""
