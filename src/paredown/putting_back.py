"""What was taken from an image, put back onto it: the chosen paths, what these need, and what then is true of packages, distributions and records."""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from paredown.bookkeeping import true_to_itself
from paredown.packages.installed import as_in_tree
from paredown.pydist.distributions import distributions, site_folders
from paredown.pydist.elf import read_elf, window
from paredown.result import Removal
from paredown.tree import Entry, Kind, Tree, deletion_of, folders_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """`layer` laid over the image gives `tree`. `chosen` and `needed` are the removals that are none any more, the latter for the sake of the former."""

    tree: Tree
    layer: Tree
    chosen: tuple[Removal, ...]
    needed: tuple[Removal, ...]
    still: tuple[Removal, ...]


def put_back(small: Tree, whole: Tree, removals: Iterable[Removal], chosen: Iterable[str], *, earlier: Iterable[Removal] = ()) -> PutBack:
    """`small`, which is `whole` less `removals`, with the paths `chosen` of these and what they need. What went `earlier` is in neither tree."""
    taken = {removal.path: removal for removal in removals}
    wanted = frozenset(chosen)
    back = _with_needs(wanted, small, whole, frozenset(taken))
    still = tuple(removal for path, removal in taken.items() if path not in back)
    after = whole.over(Tree({removal.path: small[removal.path] for removal in still if removal.left})).without(r.path for r in still if not r.left)
    tree = true_to_itself(whole, after, distributions(whole, site_folders(whole)), still, earlier)
    return PutBack(
        tree=tree,
        layer=changed(small, tree),
        chosen=tuple(taken[path] for path in sorted(wanted)),
        needed=tuple(taken[path] for path in sorted(back - wanted)),
        still=still,
    )


def changed(below: Tree, above: Tree) -> Tree:
    """The layer that makes `above` of `below`; the folders on the way and whole families of hard links are in it."""
    paths = {path for path, entry in above.items() if path not in below or not _alike(below[path], entry)}
    inodes = {above[path].inode for path in paths} - {""}
    paths |= {path for path, entry in above.items() if entry.inode in inodes}
    taken = below.keys() - above.keys()
    gone = {path for path in taken if posixpath.dirname(path) not in taken}
    paths |= folders_of(paths | gone) & above.keys()
    return Tree({**{path: above[path] for path in paths}, **dict(map(deletion_of, gone))})


def _alike(one: Entry, other: Entry) -> bool:
    """Whether a layer would show the same; what paredown makes has no time of its own."""
    timed = None in (one.modified, other.modified) or one.modified == other.modified
    return timed and all(getattr(one, name) == getattr(other, name) for name in ("kind", "mode", "uid", "gid", "digest", "target", "xattrs"))


def _with_needs(wanted: frozenset[str], small: Tree, whole: Tree, taken: frozenset[str]) -> frozenset[str]:
    """`wanted`, and of what else was `taken` that without which they are of no use."""
    there = {posixpath.basename(path) for path in small if ".so" in path}
    libraries: dict[str, list[str]] = defaultdict(list)
    for path in taken:
        name = posixpath.basename(path)
        if ".so" in name and name not in there:
            libraries[name].append(path)
    metadata: dict[str, str] = {}
    for distribution in distributions(whole, site_folders(whole)):
        if distribution.metadata not in small:
            metadata.update(dict.fromkeys(distribution.files, distribution.metadata))
    back: set[str] = set()
    waiting = set(wanted)
    while waiting:
        path = waiting.pop()
        back.add(path)
        needs = {need for need in _needs(path, whole, libraries) if need in taken}
        if path in metadata:
            needs |= {one for one, _ in whole.under(metadata[path]) if one in taken}
        waiting |= needs - back
    return frozenset(back)


def _needs(path: str, whole: Tree, libraries: dict[str, list[str]]) -> Iterator[str]:
    """What a link leads to, the libraries of a program and what loads it, the interpreter of a script."""
    entry = whole[path]
    if entry.kind is Kind.LINK:
        yield as_in_tree(whole, posixpath.join("/", posixpath.dirname(path), entry.target))
    elif entry.executable and (interpreter := _interpreter(entry)):
        yield as_in_tree(whole, interpreter)
    if entry.kind is Kind.FILE and (elf := read_elf(path, entry)):
        for soname in elf.needed:
            yield from libraries.get(posixpath.basename(soname), ())
        if elf.interpreter:
            yield as_in_tree(whole, elf.interpreter)


def _interpreter(entry: Entry) -> str:
    with window(entry) as stream:
        first = stream.read(256).partition(b"\n")[0]
    words = first[2:].decode("utf-8", "replace").split()
    return words[0] if first.startswith(b"#!") and words else ""
