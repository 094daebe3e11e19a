"""The contract of a trim: it names the files that a Tree can lose, each with its reason; only the engine takes them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from paredown.card import Card, Safety
from paredown.plan import Level
from paredown.pydist.facts import Facts
from paredown.tree import Tree

__all__ = ["Action", "Find", "Level", "Trim", "trim"]


class Action(StrEnum):
    """What becomes of the files that a trim names."""

    REMOVE = "remove"
    STRIP = "strip"  # debug symbols leave the ELF file, the rest stays where it is


Find = Callable[[Tree, Facts], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trim:
    """One trim: its card, its level, an executed example, and `find`, which yields (path, reason).

    `before` lists the paths of a small tree; `find` and its engine leave exactly `after`.
    """

    card: Card
    level: Level
    before: tuple[str, ...]
    after: tuple[str, ...]
    find: Find
    action: Action = Action.REMOVE


def trim(
    *, id: str, level: Level, summary: str, why: str, sources: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...],
    safety: Safety = Safety.SAFE, since: str = "0.1.0", action: Action = Action.REMOVE,
) -> Callable[[Find], Trim]:  # fmt: skip
    """Make the decorated function the `find` of a Trim with this card."""

    def decorate(find: Find) -> Trim:
        card = Card(id=id, summary=summary, why=why, sources=sources, safety=safety, since=since)
        return Trim(card=card, level=level, before=before, after=after, find=find, action=action)

    return decorate
