"""The card on top of each rule and trim: what it is, why, by which source. Docs, `explain` and tests are made of it."""

from dataclasses import dataclass
from enum import StrEnum


class Safety(StrEnum):
    """How sure an action is to leave behaviour as it was."""

    SAFE = "safe"  # same behaviour by argument
    VERIFIED = "verified"  # kept only if the probes see no difference
    OPT_IN = "opt-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Metadata of one rule or trim; `sources` are URLs or `owner/repo#N` threads, `since` a version of paredown."""

    id: str
    summary: str
    why: str
    sources: tuple[str, ...]
    safety: Safety
    since: str
