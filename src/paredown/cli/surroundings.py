"""What commands take from the surroundings: the environment, the terminal, the clock."""

import os
from pathlib import Path
from typing import TextIO

from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.progress import Progress
from paredown.reports.ink import Ink
from paredown.store import Store

# 1980-01-01, the earliest time that zip files can say; the same for every build unless SOURCE_DATE_EPOCH says otherwise.
DEFAULT_EPOCH = 315_532_800


def store() -> Store:
    """The store at $PAREDOWN_CACHE, else $XDG_CACHE_HOME/paredown, else ~/.cache/paredown."""
    if chosen := os.environ.get("PAREDOWN_CACHE"):
        return Store(Path(chosen).absolute())
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Store(Path(cache).absolute() / "paredown")


def means(progress: Progress, *, mirror: str | None, locked: bool) -> Means:
    """What composers work with, from $PAREDOWN_MIRROR, $PAREDOWN_KEYRING and $SOURCE_DATE_EPOCH."""
    from paredown.debian.archive import DEFAULT_MIRROR

    keyring = os.environ.get("PAREDOWN_KEYRING")
    return Means(
        store=store(),
        progress=progress,
        mirror=(mirror or os.environ.get("PAREDOWN_MIRROR") or DEFAULT_MIRROR).rstrip("/"),
        environment=dict(os.environ),
        epoch=_epoch(os.environ.get("SOURCE_DATE_EPOCH")),
        locked=locked,
        keyring=Path(keyring) if keyring else None,
    )


def _epoch(text: str | None) -> int:
    if text is None:
        return DEFAULT_EPOCH
    if not text.isdigit():
        raise UserError(f"SOURCE_DATE_EPOCH is {text!r}; it must be seconds since 1970", fix="unset SOURCE_DATE_EPOCH, or set it to digits only")
    return int(text)


def ink(stream: TextIO) -> Ink:
    """Colours where a person looks at them and NO_COLOR (no-color.org) does not forbid them."""
    return Ink(colours=stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb")
