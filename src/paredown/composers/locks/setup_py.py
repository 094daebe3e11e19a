"""A setup.py without a lock: it must run to say what it depends on, and does so in the build root only."""

from pathlib import Path

from paredown.composers.locks.compiling import compiled
from paredown.composers.locks.interface import Asked

FLOATING = True


def inputs(asked: Asked) -> tuple[Path, ...]:
    """The files that decide, as `Reader` has it."""
    beside = ("setup.cfg", "pyproject.toml", "requirements.txt")
    return (asked.main, *(asked.main.parent / name for name in beside if (asked.main.parent / name).exists()))


def pylock(asked: Asked) -> str:
    """The selection as a pylock, as `Reader` has it."""
    arguments = [asked.main.name, *(word for extra in asked.step.extras for word in ("--extra", extra))]
    return compiled(asked, arguments, promised={}, builds=True)
