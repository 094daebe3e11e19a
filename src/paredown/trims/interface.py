"""The contract of a trim: it names the files that a Tree can lose, each with its reason; only the engine takes them."""

import fnmatch
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from paredown.card import Card, Safety
from paredown.plan import Level
from paredown.pydist.facts import Facts
from paredown.tree import Tree

__all__ = ["Action", "Find", "Level", "Trim", "kept_by", "named_by", "trim"]


class Action(StrEnum):
    """What becomes of the files that a trim names."""

    REMOVE = "remove"
    STRIP = "strip"  # debug symbols leave the ELF file, the rest stays where it is


Find = Callable[[Tree, Facts], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trim:
    """One trim: its card, its level, an executed example, and `find`, which yields (path, reason).

    `before` lists the paths of a small tree, whose files are empty but for those with `contents` (`-> target` makes a link).
    `find` and its engine leave exactly `after`. One that is asked `once` names the same whatever else goes.
    """

    card: Card
    level: Level
    before: tuple[str, ...]
    after: tuple[str, ...]
    find: Find
    action: Action = Action.REMOVE
    contents: tuple[tuple[str, str], ...] = ()
    once: bool = False


def trim(
    *, id: str, level: Level, summary: str, why: str, sources: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...],
    safety: Safety = Safety.SAFE, since: str = "0.1.0", action: Action = Action.REMOVE,
    contents: tuple[tuple[str, str], ...] = (), once: bool = False,
) -> Callable[[Find], Trim]:  # fmt: skip
    """Make the decorated function the `find` of a Trim with this card."""

    def decorate(find: Find) -> Trim:
        card = Card(id=id, summary=summary, why=why, sources=sources, safety=safety, since=since)
        return Trim(card=card, level=level, before=before, after=after, find=find, action=action, contents=contents, once=once)

    return decorate


def kept_by(facts: Facts) -> Callable[[str], bool]:
    """Tells of a path whether a person wants it kept, or it was given back."""
    wanted = named_by(facts.keep)
    return lambda path: path in facts.spared or wanted(path)


def named_by(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Tells of a path whether one of a person's glob patterns names it."""
    # A folder's name keeps all below it, and `*` may cross folders: to keep too much is the harmless mistake.
    plain = [pattern.strip("/") for pattern in patterns]
    named = re.compile("|".join(f"(?:{fnmatch.translate(p)}|{fnmatch.translate(p + '/*')})" for p in plain)) if plain else None
    return lambda path: named is not None and named.fullmatch(path) is not None
