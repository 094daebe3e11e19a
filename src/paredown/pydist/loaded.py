"""What a program loader sees of an ELF file: its loaded segments, without what only debuggers and linkers read."""

import hashlib
import re
import struct
from typing import IO

from paredown.pydist.elf import MAGIC, window
from paredown.store import Store
from paredown.tree import Entry

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_LOAD = 1
_CHUNK = 1 << 20
_RECORD = "loaded-1"
_SECTIONS = ((0x28, 8), (0x3A, 6))  # where the header speaks of sections, which no loader reads
_INITIALISER = re.compile(rb"\0(PyInit_\w{1,100})(?=\0)")


def loaded(entry: Entry, store: Store) -> str:
    """`sha256:<hex>` of what is loaded: equal before and after debug symbols went. "" for a file that is cut short or contradicts itself.

    A file that is no 64-bit little-endian ELF file has the digest of its bytes.
    """
    known = store.recall(_RECORD, entry.digest)
    if known is None:
        with window(entry) as stream:
            known = _digest(stream, entry)
        store.remember(_RECORD, entry.digest, known)
    return str(known)


def initialisers(entry: Entry) -> tuple[str, ...]:
    """The functions by which Python initialises the extension modules in the file, sorted: `PyInit__speedups`."""
    return tuple(sorted({name.decode("ascii", "replace") for name in _INITIALISER.findall(entry.read())}))


def _digest(stream: IO[bytes], entry: Entry) -> str:
    head = stream.read(_HEADER.size)
    if len(head) < _HEADER.size or head[:6] != MAGIC + b"\x02\x01":
        return entry.digest
    fields = _HEADER.unpack(head)
    place, size, count = fields[5], fields[9], fields[10]
    if size != _SEGMENT.size or place + size * count > entry.size:
        return ""
    stream.seek(place)
    state = hashlib.sha256(struct.pack("<HHQ", fields[1], fields[2], fields[4]))
    for kind, flags, offset, address, _, in_file, in_memory, _ in _SEGMENT.iter_unpack(stream.read(size * count)):
        if kind != _LOAD:
            continue
        if offset + in_file > entry.size:
            return ""
        state.update(struct.pack("<IQQQ", flags, address, in_file, in_memory))
        _feed(state, stream, offset, in_file)
    return "sha256:" + state.hexdigest()


def _feed(state: "hashlib._Hash", stream: IO[bytes], offset: int, size: int) -> None:
    stream.seek(offset)
    left = size
    while left > 0:
        piece = bytearray(stream.read(min(_CHUNK, left)))
        if not piece:
            return
        if offset == 0 and left == size:
            for start, length in _SECTIONS:
                piece[start : start + length] = bytes(len(piece[start : start + length]))
        state.update(piece)
        left -= len(piece)
