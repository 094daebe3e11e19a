"""Layers become a Tree, or each what it changes: deletions obeyed, hard links kept, every name held inside the root, every digest checked."""

import hashlib
import os
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from paredown.errors import BrokenArchiveError
from paredown.oci.blob import Blob, broken
from paredown.progress import Progress
from paredown.store import Store
from paredown.tree import Entry, Kind, Slice, Tree, inside

_KIND = "layer-members-1"
_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_HOPS = 40
_CHUNK = 1 << 20
_XATTR = "SCHILY.xattr."
_NO_BYTES = "sha256:" + hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class StoredLayer:
    """A layer's blob, and the digest of the tar it holds."""

    blob: Blob
    diff_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What one layer changes: the `entries` it brings, in place of lower ones or not, and the paths of lower layers that it takes away."""

    diff_id: str
    entries: Mapping[str, Entry]
    removed: tuple[str, ...]


class Member(NamedTuple):
    """One entry of a layer's tar. `xattrs` are names and hexadecimal values; `digest` is of a file's bytes, which begin at `offset`."""

    name: str
    kind: str  # file, folder, link, hard link; or what no image may hold
    mode: int
    uid: int
    gid: int
    modified: int
    size: int
    offset: int
    target: str
    xattrs: list[list[str]]
    digest: str


def read_layers(layers: Sequence[StoredLayer], store: Store, progress: Progress) -> Tree:
    """The file system that `layers` (the lowest first) give, all of it owned by nobody known. As `read_each_layer`."""
    return flattened(read_each_layer(layers, store, progress))


def flattened(layers: Sequence[Layer]) -> Tree:
    """The file system that is left of all `layers`."""
    entries: dict[str, Entry] = {}
    for layer in layers:
        for path in layer.removed:
            entries.pop(path, None)
        entries |= layer.entries
    return Tree(entries)


def read_each_layer(layers: Sequence[StoredLayer], store: Store, progress: Progress) -> tuple[Layer, ...]:
    """What each of `layers` (the lowest first) does to those below it.

    The plain tars stay in the store and the entries are Slices of them; of a layer that was seen before only the list of members is read.
    BrokenArchiveError names the layer whose digest is wrong, that is cut off, or whose entries would leave the root.
    """
    root = _Root()
    found: list[Layer] = []
    for layer in layers:
        tar = _unpacked(layer, store, progress)
        try:
            found.append(root.apply(layer, tar, members(layer, tar, store)))
        except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
            raise broken(layer.blob, f"its tar is damaged: {error}") from error
    return tuple(found)


def members(layer: StoredLayer, tar: Path, store: Store) -> list[Member]:
    """What the layer's `tar` holds; remembered, as images share layers."""
    rows = store.recall(_KIND, layer.diff_id)
    if rows is None:
        with open(tar, "rb", buffering=0) as stream:
            rows = [_member(member, layer, stream.fileno()) for member in _members(stream.name, layer)]
        store.remember(_KIND, layer.diff_id, rows)
    return [Member(*row) for row in rows]


def _unpacked(layer: StoredLayer, store: Store, progress: Progress) -> Path:
    there = store.blob(layer.diff_id)
    if there is not None:
        return there
    with store.writer() as writer:
        # Of a layer that is not compressed the writer's digest is the blob's, too.
        pieces = ((writer.size, data) for data in layer.blob.raw(_CHUNK)) if layer.blob.digest == layer.diff_id else layer.blob.plain(_CHUNK)
        for consumed, data in pieces:
            writer.write(data)
            progress.advance(f"layer {layer.blob.digest[7:19]}", consumed, layer.blob.size)
        if writer.digest != layer.diff_id:
            raise broken(layer.blob, f"its tar is {writer.digest}, the image promises {layer.diff_id}")
        writer.commit()
    return store.blob_path(layer.diff_id)


class _Root:
    """The file system while layers are laid over it."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self._children: dict[str, set[str]] = {}
        self._joined: set[str] = set()  # lower layers' files that this one makes a hard link to
        self._gone: set[str] = set()

    def apply(self, layer: StoredLayer, tar: Path, members: Iterable[Member]) -> Layer:
        """Lay one layer over the root. A deletion takes only what lower layers brought, wherever it stands in the tar."""
        fresh: set[str] = set()
        self._joined, self._gone = set(), set()
        for member in members:
            self._lay(member, layer, tar, fresh)
        entries = {path: self.entries[path] for path in fresh | self._joined if path in self.entries}
        return Layer(diff_id=layer.diff_id, entries=entries, removed=tuple(sorted(path for path in self._gone if path not in self.entries)))

    def _lay(self, member: Member, layer: StoredLayer, tar: Path, fresh: set[str]) -> None:
        folder, _, name = _held(member.name, layer).rpartition("/")
        if not name:
            return  # the root itself
        folder = self._followed(folder, layer)
        path = f"{folder}/{name}" if folder else name
        if name == _OPAQUE:
            for child in sorted(self._children.get(folder, ())):
                self._remove(f"{folder}/{child}" if folder else child, fresh)
            return
        if name.startswith(_WHITEOUT):
            gone = name.removeprefix(_WHITEOUT)
            if gone in ("", ".", ".."):
                raise broken(layer.blob, f"the deletion {member.name!r} names nothing")
            self._remove(f"{folder}/{gone}" if folder else gone, fresh)
            return
        entry = self._entry(member, path, layer, tar)
        if entry is None:
            return
        below = self.entries.get(path)
        if below is not None and below.kind is Kind.FOLDER and entry.kind is not Kind.FOLDER:
            self._remove(path, set())
        self._put(path, entry)
        fresh.add(path)

    def _entry(self, member: Member, path: str, layer: StoredLayer, tar: Path) -> Entry | None:
        xattrs = tuple((name, bytes.fromhex(value)) for name, value in member.xattrs)
        entry = Entry(kind=Kind.FILE, mode=member.mode, uid=member.uid, gid=member.gid, modified=member.modified, xattrs=xattrs)
        match member.kind:
            case "folder":
                return replace(entry, kind=Kind.FOLDER)
            case "link":
                return replace(entry, kind=Kind.LINK, mode=0o777, target=member.target)
            case "hard link":
                return self._linked(member, path, layer)
            case "file":
                return replace(entry, size=member.size, digest=member.digest, content=Slice(str(tar), member.offset))
            case "a device or pipe" if path.startswith("dev/"):
                return None  # engines mount a /dev of their own over it
            case what:
                raise broken(layer.blob, f"/{path} is {what}, which no image may hold")

    def _linked(self, member: Member, path: str, layer: StoredLayer) -> Entry:
        folder, _, name = _held(member.target, layer).rpartition("/")
        folder = self._followed(folder, layer)
        target = f"{folder}/{name}" if folder else name
        there = self.entries.get(target)
        if there is None or there.kind is Kind.FOLDER:
            raise broken(layer.blob, f"the hard link /{path} leads to /{target}, which is not a file")
        if there.kind is Kind.LINK or target == path:
            return there
        joined = replace(there, inode=there.inode or f"{layer.diff_id}:{target}")
        self.entries[target] = joined
        self._joined.add(target)
        return joined

    def _followed(self, folder: str, layer: StoredLayer) -> str:
        """Where a layer's folder really lies: links on the way are followed inside the root, as engines do it."""
        rest = folder.split("/") if folder else []
        done: list[str] = []
        hops = 0
        while rest:
            part = rest.pop(0)
            if part in ("", "."):
                continue
            if part == "..":
                done = done[:-1]
                continue
            here = "/".join([*done, part])
            entry = self.entries.get(here)
            if entry is None or entry.kind is Kind.FOLDER:
                done.append(part)
                continue
            if entry.kind is Kind.FILE:
                raise broken(layer.blob, f"/{folder} should be a folder, but /{here} is a file")
            hops += 1
            if hops > _HOPS:
                raise broken(layer.blob, f"the links on the way to /{folder} go in circles")
            if entry.target.startswith("/"):
                done = []
            rest = entry.target.split("/") + rest
        return "/".join(done)

    def _put(self, path: str, entry: Entry) -> None:
        self.entries[path] = entry
        while path:
            folder, _, name = path.rpartition("/")
            siblings = self._children.setdefault(folder, set())
            if name in siblings:
                return
            siblings.add(name)
            path = folder

    def _remove(self, path: str, fresh: set[str]) -> None:
        """Take `path` and what lies below it, but for what this layer itself brought."""
        for child in sorted(self._children.get(path, ())):
            self._remove(f"{path}/{child}", fresh)
        if path in fresh or self._children.get(path):
            return
        if self.entries.pop(path, None) is not None:
            self._gone.add(path)
        self._children.pop(path, None)
        folder, _, name = path.rpartition("/")
        self._children.get(folder, set()).discard(name)


def _held(name: str, layer: StoredLayer) -> str:
    try:
        return inside(name)
    except BrokenArchiveError as error:
        raise broken(layer.blob, error.what, fix="do not use this image before you know who made it: no engine writes such a layer") from error


def _members(file: str, layer: StoredLayer) -> Iterator[tarfile.TarInfo]:
    size = os.path.getsize(file)
    if size == 0:
        return
    with tarfile.open(file, "r:") as tar:
        while (member := tar.next()) is not None:
            if member.isreg() and member.offset_data + member.size > size:
                raise broken(layer.blob, f"its tar is cut off in /{member.name}")
            yield member
            tar.members = []  # type: ignore[attr-defined]  # the list would grow with the archive
        end = tar.offset
    # A damaged header ends tarfile's walk as quietly as the end of the archive does.
    with open(file, "rb") as stream:
        stream.seek(end)
        if stream.read(512).strip(b"\0"):
            raise broken(layer.blob, f"its tar has no readable entry at byte {end}")


def _member(member: tarfile.TarInfo, layer: StoredLayer, handle: int) -> Member:
    xattrs = sorted((key.removeprefix(_XATTR), os.fsencode(value)) for key, value in member.pax_headers.items() if key.startswith(_XATTR))
    kind = _kind(member)
    return Member(
        name=member.name, kind=kind, mode=member.mode & 0o7777, uid=member.uid, gid=member.gid, modified=int(member.mtime), size=member.size,
        offset=member.offset_data, target=member.linkname, xattrs=[[name, value.hex()] for name, value in xattrs],
        digest=(_digest(handle, member, layer) if member.size else _NO_BYTES) if kind == "file" else "",
    )  # fmt: skip


def _kind(member: tarfile.TarInfo) -> str:
    if member.isdir():
        return "folder"
    if member.issym():
        return "link"
    if member.islnk():
        return "hard link"
    if member.isreg() and not member.issparse():
        return "file"
    return "a sparse file" if member.issparse() else "a device or pipe"


def _digest(handle: int, member: tarfile.TarInfo, layer: StoredLayer) -> str:
    state = hashlib.sha256()
    done = 0
    while done < member.size:
        piece = os.pread(handle, min(_CHUNK, member.size - done), member.offset_data + done)
        if not piece:
            raise broken(layer.blob, f"its tar is cut off in /{member.name}")
        state.update(piece)
        done += len(piece)
    return "sha256:" + state.hexdigest()
