"""A .deb becomes a Tree: its files as slices of the unpacked archive in the store, its control file, its maintainer scripts."""

import hashlib
import io
import lzma
import mmap
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from paredown.errors import BrokenArchiveError
from paredown.store import Store
from paredown.tree import Entry, Kind, Owner, Slice, Tree, from_records, inside, parents_of, to_records

_RECORD_KIND = "deb-1"
_CHUNK = 1 << 20
_MERGED = frozenset({"bin", "sbin", "lib", "lib32", "lib64", "libo32", "libx32"})
_EMPTY_DIGEST = "sha256:" + hashlib.sha256().hexdigest()


@dataclass(frozen=True, slots=True)
class Control:
    """The package's control file: `text` as it was, `fields` by their name as written (`Package`, `Multi-Arch`, ...)."""

    text: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedDeb:
    """A package taken apart.

    `scripts` is everything of the control archive but the control file: preinst, postinst, prerm, postrm, triggers, conffiles,
    md5sums, templates, config, shlibs, symbols... `tree` is merged-/usr: what the archive has in /bin, /sbin, /lib, /lib32, /lib64 or
    /libx32 stands under usr/. The links bin -> usr/bin and so on are NOT made here: whoever composes a root from several packages
    makes them, once (see `merged`). Hard links share an `inode` token; `md5sums` and `conffiles` keep the names of the archive.
    """

    control: Control
    scripts: dict[str, bytes]
    tree: Tree


def merged(path: str) -> str:
    """Where `path` (no leading slash) lies in a merged-/usr root: `lib/x` -> `usr/lib/x`; others stay. A bare `lib` stays too."""
    first, slash, _ = path.partition("/")
    return f"usr/{path}" if slash and first in _MERGED else path


def unpack(deb: Path, digest: str, store: Store, owner: Owner) -> UnpackedDeb:
    """The package in the file `deb`, whose digest (`sha256:<hex>`) the caller has verified; every entry belongs to `owner`.

    The unpacked data.tar stays in the store and what was read is remembered under `digest`: a second call takes milliseconds.
    BrokenArchiveError for a file that is not a package, is cut off, holds a device, or has a name that leaves its root or lies
    beneath a link of the package.
    """
    record = store.recall(_RECORD_KIND, digest)
    if record is None or store.blob(record["data"]) is None:
        record = _taken_apart(deb, store)
        store.remember(_RECORD_KIND, digest, record)
    data = str(store.blob_path(record["data"]))
    who = [owner.kind.value, owner.name, owner.version]
    for row in record["tree"]:
        # The store may have moved since, and the owner is the caller's to say.
        row[9] = who
        if row[7] is not None:
            row[7][0] = data
    return UnpackedDeb(
        control=Control(record["control"], record["fields"]),
        scripts={name: bytes.fromhex(content) for name, content in record["scripts"].items()},
        tree=from_records(record["tree"]),
    )


def unpack_all(debs: Iterable[tuple[Path, str, Owner]], store: Store) -> list[UnpackedDeb]:
    """`unpack` of each (file, digest, owner), on all processors, in the order given."""
    store.scratch  # noqa: B018  (made once, before there are threads)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(lambda one: unpack(one[0], one[1], store, one[2]), debs))


def _taken_apart(deb: Path, store: Store) -> dict[str, Any]:
    with open(deb, "rb") as stream, _explained(deb):
        members = dict(_members(stream))
        control_name = next((name for name in members if name.startswith("control.tar")), None)
        data_name = next((name for name in members if name.startswith("data.tar")), None)
        if next(iter(members), None) != "debian-binary" or control_name is None or data_name is None:
            raise BrokenArchiveError(f"it has the members {', '.join(members) or 'none'} instead of debian-binary, control.tar and data.tar")
        with _decompressed(stream, control_name, *members[control_name]) as plain:
            files = _control_files(plain.read())
        if "control" not in files:
            raise BrokenArchiveError("it has no control file")
        text = files.pop("control").decode("utf-8", "surrogateescape")
        fields = _fields(text)
        with _decompressed(stream, data_name, *members[data_name]) as plain, store.writer() as writer:
            while chunk := plain.read(_CHUNK):
                writer.write(chunk)
            data = writer.commit()
        tree = _tree(store.blob_path(data), fields.get("Package", deb.name))
    scripts = {name: content.hex() for name, content in sorted(files.items())}
    return {"control": text, "fields": fields, "scripts": scripts, "data": data, "tree": to_records(tree)}


@contextmanager
def _explained(deb: Path) -> Iterator[None]:
    """Name the file in whatever is wrong with it."""
    from zstandard import ZstdError  # noqa: PLC0415  (only where a package is read for the first time)

    try:
        yield
    except BrokenArchiveError as error:
        raise _broken(deb, error.what) from error
    except (tarfile.TarError, lzma.LZMAError, zlib.error, ZstdError, EOFError, ValueError) as error:
        raise _broken(deb, str(error) or type(error).__name__) from error
    except OSError as error:
        if error.errno is None:  # gzip's BadGzipFile
            raise _broken(deb, str(error)) from error
        raise


def _broken(deb: Path, why: str) -> BrokenArchiveError:
    return BrokenArchiveError(
        f"a Debian package cannot be unpacked: {why}", where=str(deb), fix="delete the file and build again; if it stays, the package is broken"
    )


def _members(stream: IO[bytes]) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name, (offset, size) of each member of an ar archive (ar(5), deb(5))."""
    whole = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    if stream.read(8) != b"!<arch>\n":
        raise BrokenArchiveError("it is not an ar archive")
    while header := stream.read(60):
        if len(header) != 60 or header[58:] != b"`\n" or not header[48:58].strip().isdigit():
            raise BrokenArchiveError("the archive is cut off, or not one: a member's header is damaged")
        name, size, offset = header[:16].decode("ascii", "replace").strip().rstrip("/"), int(header[48:58]), stream.tell()
        if offset + size > whole:
            raise BrokenArchiveError(f"the archive is cut off: {name} has {whole - offset} of {size} bytes")
        yield name, (offset, size)
        stream.seek(offset + size + size % 2)


class _Window(io.RawIOBase):
    """`size` bytes of `stream` from `offset`, as a stream of their own."""

    def __init__(self, stream: IO[bytes], offset: int, size: int) -> None:
        self._stream = stream
        self._at = offset
        self._end = offset + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._stream.seek(self._at)
        chunk = self._stream.read(min(len(buffer), self._end - self._at))
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)


@contextmanager
def _decompressed(stream: IO[bytes], name: str, offset: int, size: int) -> Iterator[IO[bytes]]:
    window = io.BufferedReader(_Window(stream, offset, size), _CHUNK)
    match name.removeprefix("control").removeprefix("data"):
        case ".tar":
            yield window
        case ".tar.xz":
            with lzma.open(window) as plain:
                yield plain
        case ".tar.gz":
            import gzip  # noqa: PLC0415

            with gzip.open(window) as plain:
                yield plain  # type: ignore[misc]
        case ".tar.zst":
            import zstandard  # noqa: PLC0415

            with zstandard.ZstdDecompressor().stream_reader(window, read_across_frames=True) as reader, io.BufferedReader(reader, _CHUNK) as plain:
                yield plain
        case _:
            raise BrokenArchiveError(f"{name} is packed in a way that packages are not (gz, xz, zst)")


def _control_files(tar: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(tar), mode="r:") as archive:
        for member in archive:
            name = inside(member.name)
            if member.isdir() and not name:
                continue
            stream = archive.extractfile(member) if member.isreg() else None
            if stream is None or "/" in name:
                raise BrokenArchiveError(f"its control archive holds {member.name!r}, which is not a plain file")
            files[name] = stream.read()
        _require_end(tar, archive.offset)
    return files


def _fields(text: str) -> dict[str, str]:
    from debian.deb822 import Deb822  # noqa: PLC0415  (heavy, and remembered)

    return {str(name): str(value) for name, value in Deb822(text).items()}


def _tree(data: Path, package: str) -> Tree:
    entries: dict[str, Entry] = {}
    with open(data, "rb") as stream:
        if data.stat().st_size == 0:
            raise BrokenArchiveError("the archive is cut off: data.tar is empty")
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view, tarfile.open(fileobj=stream, mode="r:") as archive:
            for member in archive:
                _add(member, entries, view, data, package)
            _require_end(view, archive.offset)
    tree = Tree(entries)
    for path in tree:
        for parent in parents_of(path):
            if parent in tree and tree[parent].kind is not Kind.FOLDER:
                raise BrokenArchiveError(f"{path!r} lies beneath {parent!r}, which is a {tree[parent].kind} and not a folder")
    return tree


def _add(member: tarfile.TarInfo, entries: dict[str, Entry], view: mmap.mmap, data: Path, package: str) -> None:
    path = merged(inside(member.name))
    mode, uid, gid = member.mode & 0o7777, member.uid, member.gid
    xattrs = tuple(
        sorted(
            (name.removeprefix("SCHILY.xattr."), value.encode("utf-8", "surrogateescape"))
            for name, value in member.pax_headers.items()
            if name.startswith("SCHILY.xattr.")
        )
    )
    if member.isdir():
        path = f"usr/{path}" if path in _MERGED else path
        if path:
            entries[path] = Entry(kind=Kind.FOLDER, mode=mode, uid=uid, gid=gid, xattrs=xattrs)
    elif not path:
        raise BrokenArchiveError("it has an entry for the root that is not a folder")
    elif member.issym():
        entries[path] = Entry(kind=Kind.LINK, mode=0o777, uid=uid, gid=gid, target=_target(member.linkname))
    elif member.islnk():
        first = merged(inside(member.linkname))
        original = entries.get(first)
        if original is None or original.kind is Kind.FOLDER:
            raise BrokenArchiveError(f"the hard link {member.name!r} leads to {member.linkname!r}, which is not a file of the package before it")
        if original.kind is Kind.FILE:
            entries[first] = replace(original, inode=original.inode or f"{package}/{first}")
        entries[path] = entries[first]
    elif member.isreg() and not member.issparse():
        begin, end = member.offset_data, member.offset_data + member.size
        if end > len(view):
            raise BrokenArchiveError(f"the archive is cut off in {member.name!r}")
        digest = _digest(view, begin, end) if member.size else _EMPTY_DIGEST
        entries[path] = Entry(
            kind=Kind.FILE, mode=mode, uid=uid, gid=gid, size=member.size, digest=digest, content=Slice(str(data), begin), xattrs=xattrs,
        )  # fmt: skip
    else:
        raise BrokenArchiveError(f"{member.name!r} is neither file, folder nor link (a device, pipe or sparse file): images do not hold these")


def _digest(view: mmap.mmap, begin: int, end: int) -> str:
    with memoryview(view) as whole, whole[begin:end] as part:
        return "sha256:" + hashlib.sha256(part).hexdigest()


def _target(text: str) -> str:
    if not text or "\0" in text:
        raise BrokenArchiveError(f"a link leads to {text!r}")
    return text


def _require_end(tar: bytes | mmap.mmap, offset: int) -> None:
    # tarfile takes a damaged header in the middle for the end; a true end is a block of zeros (POSIX pax, "ustar Interchange Format").
    if tar[offset : offset + 512] != bytes(512):
        raise BrokenArchiveError("the archive is cut off or damaged: its tar has no end")
