"""The Tree: a root file system as a value, where each path knows its owner and where its bytes lie."""

import hashlib
import json
import posixpath
import stat
from bisect import bisect_left
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from paredown.errors import BrokenArchiveError


class Kind(StrEnum):
    """What an entry is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"  # a symbolic link


class OwnerKind(StrEnum):
    """Who brought a path into the image, from what changes least to what changes most."""

    BASE = "base"  # a package of the base closure
    INTERPRETER = "interpreter"  # a package that is Python
    SYSTEM = "system"  # a package that the project asked for
    DISTRIBUTION = "distribution"  # a Python distribution
    PAREDOWN = "paredown"  # made by paredown
    APP = "app"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """Who a path belongs to: a kind, a name, a version."""

    kind: OwnerKind
    name: str = ""
    version: str = ""


PAREDOWN = Owner(OwnerKind.PAREDOWN, "paredown")
APP = Owner(OwnerKind.APP, "app")
UNKNOWN = Owner(OwnerKind.UNKNOWN)
DELETION = Owner(OwnerKind.PAREDOWN, "deletion")  # of the mark in a layer that what it names is gone


@dataclass(frozen=True, slots=True)
class Inline:
    """Bytes held in memory; for small files."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Slice:
    """Bytes of a file on disk, from `offset`; the entry's size says how many."""

    file: str
    offset: int = 0


Content = Inline | Slice
_AFTER_SLASH = chr(ord("/") + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One path. `digest` is `sha256:<hex>` of a file's bytes; `modified` None means the build's epoch.

    Files with the same non-empty `inode` token are hard links of one another.
    """

    kind: Kind
    mode: int
    uid: int = 0
    gid: int = 0
    size: int = 0
    digest: str = ""
    content: Content | None = None
    target: str = ""
    owner: Owner = UNKNOWN
    modified: int | None = None
    xattrs: tuple[tuple[str, bytes], ...] = ()
    inode: str = ""

    @property
    def executable(self) -> bool:
        return self.kind is Kind.FILE and bool(self.mode & 0o111)

    def read(self) -> bytes:
        """The file's bytes."""
        match self.content:
            case Inline(data):
                return data
            case Slice(file, offset):
                with open(file, "rb", buffering=0) as stream:
                    stream.seek(offset)
                    return stream.read(self.size)
            case None:
                raise ValueError(f"a {self.kind} has no bytes")


def file_of(data: bytes, *, mode: int = 0o644, owner: Owner = UNKNOWN, uid: int = 0, gid: int = 0) -> Entry:
    """A file entry that holds `data`."""
    return Entry(kind=Kind.FILE, mode=mode, uid=uid, gid=gid, size=len(data), digest=digest_of(data), content=Inline(data), owner=owner)


def folder_of(*, mode: int = 0o755, owner: Owner = UNKNOWN, uid: int = 0, gid: int = 0) -> Entry:
    """A folder entry."""
    return Entry(kind=Kind.FOLDER, mode=mode, uid=uid, gid=gid, owner=owner)


def link_of(target: str, *, owner: Owner = UNKNOWN) -> Entry:
    """A symbolic link entry."""
    return Entry(kind=Kind.LINK, mode=0o777, target=target, owner=owner)


def deletion_of(path: str) -> tuple[str, Entry]:
    """The entry by which a layer takes `path` of the layers below away."""
    folder, name = posixpath.split(path)
    return posixpath.join(folder, f".wh.{name}"), file_of(b"", owner=DELETION)


def digest_of(data: bytes) -> str:
    """`sha256:<hex>` of `data`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def inside(path: str) -> str:
    """`path` as a Tree spells it: relative to the root, no `.`; raises BrokenArchiveError when it would leave the root."""
    if "\0" in path:
        raise BrokenArchiveError(f"a name holds a NUL byte: {path!r}")
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            raise BrokenArchiveError(f"a name would leave the root: {path!r}")
        if part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


class Tree(Mapping[str, Entry]):
    """Paths (`usr/bin/python3`: no leading slash; the root itself has no entry) to entries, sorted by path. Never changes."""

    __slots__ = ("_entries", "_paths")

    def __init__(self, entries: Mapping[str, Entry] | Iterable[tuple[str, Entry]] = ()) -> None:
        self._entries: dict[str, Entry] = dict(sorted(dict(entries).items()))
        self._paths: list[str] = []  # the same order, once something is looked up in it

    def __getitem__(self, path: str) -> Entry:
        return self._entries[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    # The dictionary's own views: those that Mapping makes of it take three times as long.
    def items(self) -> ItemsView[str, Entry]:
        return self._entries.items()

    def keys(self) -> KeysView[str]:
        return self._entries.keys()

    def values(self) -> ValuesView[Entry]:
        return self._entries.values()

    def __repr__(self) -> str:
        return f"<Tree of {len(self)} paths, {self.size} bytes>"

    @property
    def size(self) -> int:
        """Bytes of all files, each hard-linked file once."""
        seen: set[str] = set()
        total = 0
        for entry in self._entries.values():
            if entry.inode:
                if entry.inode in seen:
                    continue
                seen.add(entry.inode)
            total += entry.size
        return total

    def over(self, *others: "Tree") -> "Tree":
        """This tree with each of `others` laid over it, as image layers are: a later entry wins."""
        entries = dict(self._entries)
        for other in others:
            for path, entry in other.items():
                below = entries.get(path)
                if below is not None and below.kind is Kind.FOLDER and entry.kind is not Kind.FOLDER:
                    prefix = path + "/"
                    for child in [name for name in entries if name.startswith(prefix)]:
                        del entries[child]
                entries[path] = entry
        return Tree(entries)

    def without(self, paths: Iterable[str]) -> "Tree":
        """This tree less `paths`; folders that become empty by that go too."""
        gone = set(paths)
        if not gone:
            return self
        kept = {path: entry for path, entry in self._entries.items() if path not in gone}
        parents = folders_of(gone)
        needed = folders_of(path for path, entry in kept.items() if entry.kind is not Kind.FOLDER or path not in parents)
        return Tree({path: entry for path, entry in kept.items() if path not in parents or entry.kind is not Kind.FOLDER or path in needed})

    def under(self, folder: str) -> Iterator[tuple[str, Entry]]:
        """Every (path, entry) below `folder`, the folder itself not included."""
        if not folder:
            return iter(self._entries.items())
        self._paths = self._paths or list(self._entries)
        prefix = folder.rstrip("/")
        first, end = (bisect_left(self._paths, prefix + following) for following in ("/", _AFTER_SLASH))
        return ((path, self._entries[path]) for path in self._paths[first:end])

    def owned(self, owner: Owner) -> "Tree":
        """This tree, all of it belonging to `owner`."""
        return Tree({path: replace(entry, owner=owner) for path, entry in self._entries.items()})

    def with_parents(self) -> "Tree":
        """This tree with an entry (root's, 0755) for each folder that only its children imply."""
        entries = dict(self._entries)
        for path, entry in self._entries.items():
            for parent in parents_of(path):
                if parent not in entries:
                    entries[parent] = folder_of(owner=entry.owner)
        return Tree(entries)

    def resolve(self, path: str) -> str | None:
        """Where `path` leads once all links are followed inside the root; None when it dangles or goes in circles."""
        rest = [part for part in path.split("/") if part not in ("", ".")]
        done: list[str] = []
        hops = 0
        while rest:
            part = rest.pop(0)
            if part == "..":
                if done:
                    done.pop()
                continue
            here = "/".join([*done, part])
            entry = self._entries.get(here)
            if entry is not None and entry.kind is Kind.LINK:
                hops += 1
                if hops > 40:
                    return None
                if entry.target.startswith("/"):
                    done = []
                rest = [piece for piece in entry.target.split("/") if piece not in ("", ".")] + rest
                continue
            done.append(part)
        found = "/".join(done)
        return found if found in self._entries or found == "" else None

    def read(self, path: str) -> bytes:
        """The bytes of the file at `path`, links followed; KeyError when there is none."""
        found = self.resolve(path)
        if found is None:
            raise KeyError(path)
        return self._entries[found].read()

    def key(self) -> str:
        """`sha256:<hex>` of all that an image layer would show of this tree."""
        return keyed(
            [path, e.kind.value, e.mode, e.uid, e.gid, e.digest, e.target, e.modified, [[k, v.hex()] for k, v in e.xattrs], e.inode]
            for path, e in self._entries.items()
        )


def parents_of(path: str) -> Iterator[str]:
    """`a/b/c` -> `a/b`, `a`."""
    while path := path.rpartition("/")[0]:
        yield path


def folders_of(paths: Iterable[str]) -> set[str]:
    """Every folder that one of `paths` lies in, however deep."""
    found: set[str] = set()
    for path in paths:
        for parent in parents_of(path):
            if parent in found:
                break
            found.add(parent)
    return found


def keyed(parts: Iterable[Any]) -> str:
    """`sha256:<hex>` of JSON-able `parts`, in their order; the same on any machine."""
    state = hashlib.sha256()
    for part in parts:
        state.update(json.dumps(part, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogateescape"))
        state.update(b"\n")
    return "sha256:" + state.hexdigest()


def to_records(tree: Tree) -> list[list[Any]]:
    """The tree as JSON-able rows; `from_records` reads them. Only for trees whose bytes lie in files or are small."""
    rows: list[list[Any]] = []
    for path, e in tree.items():
        match e.content:
            case Inline(data):
                content: Any = data.hex()
            case Slice(file, offset):
                content = [file, offset]
            case None:
                content = None
        owner = [e.owner.kind.value, e.owner.name, e.owner.version]
        xattrs = [[name, value.hex()] for name, value in e.xattrs]
        rows.append([path, e.kind.value, e.mode, e.uid, e.gid, e.size, e.digest, content, e.target, owner, e.modified, xattrs, e.inode])
    return rows


def from_records(rows: list[list[Any]]) -> Tree:
    """The tree that `to_records` wrote."""
    owners: dict[tuple[str, str, str], Owner] = {}
    entries: dict[str, Entry] = {}
    for path, kind, mode, uid, gid, size, digest, content, target, owner, modified, xattrs, inode in rows:
        who = tuple(owner)
        if who not in owners:
            owners[who] = Owner(OwnerKind(who[0]), who[1], who[2])
        where: Content | None = None if content is None else Inline(bytes.fromhex(content)) if isinstance(content, str) else Slice(content[0], content[1])
        entries[path] = Entry(
            kind=Kind(kind), mode=mode, uid=uid, gid=gid, size=size, digest=digest, content=where, target=target,
            owner=owners[who], modified=modified, xattrs=tuple((k, bytes.fromhex(v)) for k, v in xattrs), inode=inode,
        )  # fmt: skip
    return Tree(entries)


def setuid(entry: Entry) -> bool:
    """Whether the entry would run with another's rights."""
    return bool(entry.mode & (stat.S_ISUID | stat.S_ISGID)) and entry.kind is Kind.FILE
