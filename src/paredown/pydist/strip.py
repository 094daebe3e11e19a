"""Debug symbols leave an ELF file without a loaded byte moving: what no segment holds is cut off, nothing is rewritten or shifted.

GNU strip lays files out anew, and breaks libraries whose segments a wheel tool moved; here each segment stays where it was.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

from paredown.pydist.elf import window
from paredown.store import Store
from paredown.tree import Entry, Slice

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_ALLOCATED = 0x2
_NO_BITS = 8
ReadAt = Callable[[int, int], bytes]
_RECORD = "stripped-1"
_CHUNK = 1 << 20
_WORTH_IT = 16 << 10  # bytes saved; less is not worth a file that differs from the wheel's


@dataclass(frozen=True, slots=True)
class Strippable:
    """How to strip a file: the first `keep` bytes stay, `header` replaces the first 64, `tail` follows."""

    keep: int
    header: bytes
    tail: bytes

    @property
    def size(self) -> int:
        return self.keep + len(self.tail)


def stripped(entry: Entry, store: Store) -> Entry | None:
    """The file without its debug symbols, its bytes in the store; None when stripping is not worth it."""
    known = store.recall(_RECORD, entry.digest)
    if known is None or (known and store.blob(known[0]) is None):
        known = _strip(entry, store)
        store.remember(_RECORD, entry.digest, known)
    if not known:
        return None
    digest, size = known
    return replace(entry, digest=digest, size=size, content=Slice(str(store.blob_path(digest))), inode="")


def _strip(entry: Entry, store: Store) -> list[str | int]:
    with window(entry) as stream:

        def read(offset: int, length: int) -> bytes:
            stream.seek(offset)
            return stream.read(length)

        how = strippable(read(0, _HEADER.size), entry.size, read)
        if how is None:
            return []
        with store.writer() as writer:
            writer.write(how.header)
            for start in range(_HEADER.size, how.keep, _CHUNK):
                writer.write(read(start, min(_CHUNK, how.keep - start)))
            writer.write(how.tail)
            return [writer.commit(), writer.size]


def strippable(head: bytes, size: int, read: ReadAt) -> Strippable | None:
    """What stripping leaves of a 64-bit little-endian ELF file of `size` bytes whose first bytes are `head`; None when it is not worth it.

    `read(offset, length)` gives the file's bytes. A file that contradicts itself is left alone.
    """
    if len(head) < _HEADER.size or head[:6] != b"\x7fELF\x02\x01":
        return None
    fields = list(_HEADER.unpack_from(head))
    segments_at, sections_at = fields[5], fields[6]
    segment_size, segment_count, section_size, section_count, names_index = fields[9:14]
    if segment_size != _SEGMENT.size or section_size != _SECTION.size or not section_count > 0 or names_index >= section_count:
        return None
    if sections_at + section_count * section_size > size or segments_at + segment_count * segment_size > size:
        return None
    segments = list(_SEGMENT.iter_unpack(read(segments_at, segment_count * segment_size)))
    sections = [list(row) for row in _SECTION.iter_unpack(read(sections_at, section_count * section_size))]
    ends = [segments_at + segment_count * segment_size, *(offset + length for _, _, offset, _, _, length, _, _ in segments)]
    ends += [row[4] + row[5] for row in sections if row[2] & _ALLOCATED and row[1] != _NO_BITS]
    keep = max(ends)
    names = sections[names_index]
    if keep > size or names[4] + names[5] > size:
        return None
    table = bytearray()
    for index, row in enumerate(sections):
        # The indexes of the sections that stay do not change, for symbols speak of sections by index.
        if index == names_index:
            table += _SECTION.pack(*row[:4], keep, *row[5:])
        elif row[2] & _ALLOCATED or row[4] + row[5] <= keep:
            table += _SECTION.pack(*row)
        else:
            table += bytes(_SECTION.size)
    text = read(names[4], names[5])
    padding = bytes(-(keep + len(text)) % 8)
    fields[6] = keep + len(text) + len(padding)
    answer = Strippable(keep=keep, header=_HEADER.pack(*fields), tail=text + padding + bytes(table))
    return answer if size - answer.size >= _WORTH_IT else None
