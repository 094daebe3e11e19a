"""A Tree as a tar stream that is the same on any machine: sorted, numeric owners, no times but the given ones, PAX only where needed."""

import os
import stat
from collections.abc import Iterator, Mapping

from paredown.errors import UserError, WorldError
from paredown.tree import DELETION, Content, Entry, Inline, Kind, Slice, Tree

BLOCK = 512
_READ = 1 << 20
_SMALL = 64 << 10
_WHITEOUT = ".wh."
_EIGHT_DIGITS = 0o7777777
_ELEVEN_DIGITS = 0o77777777777

_FILE, _HARD_LINK, _LINK, _FOLDER, _PAX = b"0", b"1", b"2", b"5", b"x"


def stream_of(tree: Tree, *, epoch: int) -> Iterator[bytes]:
    """The tar's bytes, piece by piece. `epoch` (seconds) is the time of every entry that has none of its own.

    Files of one `inode` token become hard links to the first of them. UserError for a name that image layers give another meaning,
    WorldError when a file on disk is no longer what the tree says.
    """
    first_of: dict[str, str] = {}
    source = _Source()
    try:
        for path, entry in tree.items():
            if path.rpartition("/")[2].startswith(_WHITEOUT) and entry.owner != DELETION:
                raise UserError(
                    f"/{path} cannot be in an image: layers read the prefix {_WHITEOUT} as a deletion", where=f"/{path}", fix="rename the file or exclude it"
                )
            linked = first_of.setdefault(entry.inode, path) if entry.inode else path
            if linked != path:
                yield _header(path, entry, epoch, kind=_HARD_LINK, target=linked)
                continue
            match entry.kind:
                case Kind.FOLDER:
                    yield header_of(path, entry, epoch=epoch)
                case Kind.LINK:
                    yield _header(path, entry, epoch, kind=_LINK, target=entry.target)
                case Kind.FILE:
                    header, padding = header_of(path, entry, epoch=epoch), bytes(-entry.size % BLOCK)
                    if entry.size <= _SMALL:
                        # One piece instead of three: most files are small, and each piece costs as much as its bytes.
                        yield b"".join((header, *source.pieces(path, entry), padding))
                        continue
                    yield header
                    yield from source.pieces(path, entry)
                    if padding:
                        yield padding
    finally:
        source.close()
    yield bytes(2 * BLOCK)


def header_of(path: str, entry: Entry, *, epoch: int) -> bytes:
    """The tar header of one file or folder; the file's bytes and their padding to BLOCK follow it."""
    if entry.kind is Kind.FOLDER:
        return _header(path + "/", entry, epoch, kind=_FOLDER)
    return _header(path, entry, epoch, kind=_FILE, size=entry.size)


class _Source:
    """Reads contents. The last file stays open, as a package's entries lie one after the other in one file."""

    def __init__(self) -> None:
        self._name = ""
        self._handle = -1

    def pieces(self, path: str, entry: Entry) -> Iterator[bytes]:
        content: Content | None = entry.content
        match content:
            case Inline(data):
                if len(data) != entry.size:
                    raise ValueError(f"/{path} says {entry.size} bytes and holds {len(data)}")
                yield data
            case Slice(file, offset):
                yield from self._read(path, file, offset, entry.size)
            case None:
                raise ValueError(f"/{path} has no content")

    def _read(self, path: str, file: str, offset: int, size: int) -> Iterator[bytes]:
        if file != self._name:
            self.close()
            try:
                self._handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
            except OSError as error:
                raise WorldError(f"the bytes of /{path} cannot be read: {error.strerror}", where=file, fix="build again") from error
            self._name = file
        while size > 0:
            piece = os.pread(self._handle, min(size, _READ), offset)
            if not piece:
                raise WorldError(f"/{path} became shorter while it was packed", where=file, fix="build again, with nothing writing to the project")
            yield piece
            offset += len(piece)
            size -= len(piece)

    def close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
        self._name, self._handle = "", -1


def _header(path: str, entry: Entry, epoch: int, *, kind: bytes, target: str = "", size: int = 0) -> bytes:
    name, link = os.fsencode(path), os.fsencode(target)
    modified = epoch if entry.modified is None else entry.modified
    extended: dict[bytes, bytes] = {}
    prefix, short = _split(name)
    if short is None:
        extended[b"path"] = name
        prefix, short = b"", name[:100]
    if len(link) > 100 or not link.isascii():
        extended[b"linkpath"] = link
    if not (0 <= entry.uid <= _EIGHT_DIGITS and 0 <= entry.gid <= _EIGHT_DIGITS and size <= _ELEVEN_DIGITS and 0 <= modified <= _ELEVEN_DIGITS):
        fields = ((b"uid", entry.uid, _EIGHT_DIGITS), (b"gid", entry.gid, _EIGHT_DIGITS), (b"size", size, _ELEVEN_DIGITS))
        for key, number, most in (*fields, (b"mtime", modified, _ELEVEN_DIGITS)):
            if not 0 <= number <= most:
                extended[key] = b"%d" % number
    for attribute, value in entry.xattrs:
        extended[b"SCHILY.xattr." + os.fsencode(attribute)] = value
    block = _block(short, prefix, stat.S_IMODE(entry.mode), entry.uid, entry.gid, size, modified, kind, link[:100])
    return (_pax(extended) if extended else b"") + block


def _split(name: bytes) -> tuple[bytes, bytes | None]:
    """The two fields of a ustar header that make `name`; (_, None) when it does not fit or is not ASCII."""
    if not name.isascii():
        return b"", None
    if len(name) <= 100:
        return b"", name
    cut = name.rfind(b"/", 0, min(len(name) - 1, 156))
    if cut > 0 and len(name) - cut - 1 <= 100:
        return name[:cut], name[cut + 1 :]
    return b"", None


def _pax(records: Mapping[bytes, bytes]) -> bytes:
    body = b"".join(_record(key, value) for key, value in sorted(records.items()))
    head = _block(b"PaxHeaders/entry", b"", 0o644, 0, 0, len(body), 0, _PAX, b"")
    return head + body + bytes(-len(body) % BLOCK)


def _record(key: bytes, value: bytes) -> bytes:
    # A record starts with its own length, the digits of that length included.
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest) + len(str(len(rest)))
    if len(str(length)) + len(rest) != length:
        length += 1
    return b"%d" % length + rest


def _block(name: bytes, prefix: bytes, mode: int, uid: int, gid: int, size: int, modified: int, kind: bytes, link: bytes) -> bytes:
    fields = b"%b%07o\0%07o\0%07o\0%011o\0%011o\0        %b%bustar\00000%b%b" % (
        name.ljust(100, b"\0"),
        mode,
        uid if 0 <= uid <= _EIGHT_DIGITS else 0,
        gid if 0 <= gid <= _EIGHT_DIGITS else 0,
        size if size <= _ELEVEN_DIGITS else 0,
        modified if 0 <= modified <= _ELEVEN_DIGITS else 0,
        kind,
        link.ljust(100, b"\0"),
        bytes(80),
        prefix.ljust(167, b"\0"),
    )
    return fields[:148] + b"%06o\0 " % sum(fields) + fields[156:]
