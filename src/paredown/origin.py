"""Where a fact was written: a file and a line, so that every message can point."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """A place in the user's files. `line` counts from 1; None when the whole file is meant."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


def line_of(text: str, needle: str) -> int | None:
    """The line of `text` (from 1) on which `needle` first stands, or None."""
    index = text.find(needle)
    return None if index < 0 else text.count("\n", 0, index) + 1
