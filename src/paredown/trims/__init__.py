"""Trims name files that a Tree can lose."""

import importlib
import pkgutil

from paredown.pydist.facts import Facts
from paredown.pydist.strip import stripped
from paredown.result import Removal, Trimmed
from paredown.store import Store
from paredown.tree import Entry, Kind, OwnerKind, Tree
from paredown.trims.interface import Action, Level, Trim, kept_by


def _found() -> tuple[Trim, ...]:
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    trims = [value for module in modules for value in vars(module).values() if isinstance(value, Trim)]
    return tuple(sorted(trims, key=lambda trim: trim.card.id))


TRIMS: tuple[Trim, ...] = _found()


def apply(tree: Tree, facts: Facts, level: Level, store: Store, trims: tuple[Trim, ...] = TRIMS) -> Trimmed:
    """`tree` less what the trims of `level` name, looked at again until none names anything more; stripped files lie in `store`.

    The app's own files and what `facts.keep` matches stay. A path that several trims name is blamed on the first by id.
    """
    asked = [trim for trim in trims if trim.level is not Level.NONE and level.includes(trim.level)]
    stays = kept_by(facts)
    removals: dict[str, Removal] = {}
    while True:
        taken: set[str] = set()
        shrunk: dict[str, Entry] = {}
        for trim in asked:
            for path, reason in trim.find(tree, facts):
                entry = tree.get(path)
                if entry is None or path in taken or entry.kind is Kind.FOLDER or entry.owner.kind is OwnerKind.APP or stays(path):
                    continue
                match trim.action:
                    case Action.REMOVE:
                        taken.add(path)
                        removals[path] = Removal(path=path, size=entry.size, trim=trim.card.id, reason=reason, owner=entry.owner)
                    case Action.STRIP:
                        small = stripped(entry, store)
                        if small is not None:
                            shrunk[path] = small
                            saved = entry.size - small.size
                            removals[path] = Removal(path=path, size=saved, trim=trim.card.id, reason=reason, owner=entry.owner, left=small.size)
        if not taken and not shrunk:
            return Trimmed(tree, tuple(removals[path] for path in sorted(removals)))
        tree = Tree({**tree, **shrunk}).without(taken)
        asked = [trim for trim in asked if not trim.once]
