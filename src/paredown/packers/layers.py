"""Splits a Tree into layers, from what changes least to what changes most, so that a change of the app moves one small layer."""

from collections import defaultdict
from dataclasses import dataclass
from typing import assert_never

from paredown.tree import Entry, Kind, Owner, OwnerKind, Tree, folders_of

HEAVY = 8_000_000  # bytes, uncompressed: from here on a distribution's layer is worth a request of its own
MOST_LAYERS = 10

BASE, INTERPRETER, SYSTEM, DISTRIBUTIONS, PAREDOWN, APP = "base", "interpreter", "system", "distributions", "paredown", "app"
_SHARED = 6  # the layers above; what is left of MOST_LAYERS is for heavy distributions


@dataclass(frozen=True, slots=True)
class NamedLayer:
    """One layer to pack: what it is called in reports and in the image's history, and what it holds."""

    name: str
    tree: Tree


def split(tree: Tree) -> tuple[NamedLayer, ...]:
    """The layers of `tree`, the lowest first; laid over one another they give exactly `tree`. None is empty.

    A layer holds its own paths and, with their true modes and owners, the folders above them. Hard links stay together.
    """
    heavy = _heavy(tree)
    order = [BASE, INTERPRETER, SYSTEM, *sorted(heavy.values()), DISTRIBUTIONS, PAREDOWN, APP]
    rank = {name: index for index, name in enumerate(order)}
    folders_in_use = folders_of(tree)
    together: dict[str, str] = {}
    parts: dict[str, dict[str, Entry]] = defaultdict(dict)
    own = {path: _layer_of(entry.owner, heavy) for path, entry in tree.items() if path not in folders_in_use}
    for path, name in own.items():
        # A hard link cannot reach into another layer; the files of one inode go where the first to come is.
        inode = tree[path].inode
        if inode:
            together[inode] = min(together.get(inode, name), name, key=lambda layer: rank[layer])
    for path, name in own.items():
        entry = tree[path]
        parts[together.get(entry.inode, name)][path] = entry
    return tuple(NamedLayer(name, _with_folders(parts[name], tree)) for name in order if parts[name])


def _with_folders(entries: dict[str, Entry], tree: Tree) -> Tree:
    return Tree({**{parent: tree[parent] for parent in folders_of(entries) & tree.keys()}, **entries})


def _heavy(tree: Tree) -> dict[Owner, str]:
    """The distributions that get a layer of their own, with its name: the largest, as many as MOST_LAYERS leaves room for."""
    sizes: dict[Owner, int] = defaultdict(int)
    for entry in tree.values():
        if entry.owner.kind is OwnerKind.DISTRIBUTION and entry.kind is Kind.FILE:
            sizes[entry.owner] += entry.size
    largest = sorted((owner for owner, size in sizes.items() if size >= HEAVY), key=lambda owner: (-sizes[owner], owner))
    return {owner: f"{owner.name} {owner.version}".strip() for owner in largest[: MOST_LAYERS - _SHARED]}


def _layer_of(owner: Owner, heavy: dict[Owner, str]) -> str:
    match owner.kind:
        case OwnerKind.BASE | OwnerKind.UNKNOWN:
            return BASE
        case OwnerKind.INTERPRETER:
            return INTERPRETER
        case OwnerKind.SYSTEM:
            return SYSTEM
        case OwnerKind.DISTRIBUTION:
            return heavy.get(owner, DISTRIBUTIONS)
        case OwnerKind.PAREDOWN:
            return PAREDOWN
        case OwnerKind.APP:
            return APP
        case _:
            assert_never(owner.kind)
