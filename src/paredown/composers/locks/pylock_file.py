"""pylock.toml: what all others become; taken as it is."""

from pathlib import Path

from paredown.composers.locks.interface import Asked, text_at

FLOATING = False


def inputs(asked: Asked) -> tuple[Path, ...]:
    """The files that decide, as `Reader` has it."""
    return (asked.main,)


def pylock(asked: Asked) -> str:
    """The selection as a pylock, as `Reader` has it."""
    return text_at(asked.main, asked.where)
