"""What ELF files (programs, shared libraries, extension modules) say of themselves; only their headers and dynamic segment are read."""

import io
import itertools
import re
import struct
from functools import cache
from typing import IO, Any

from paredown.pydist.facts import Elf
from paredown.tree import Entry, Inline, Kind, Slice

MAGIC = b"\x7fELF"
_MOST_STRINGS = 4 << 20  # bytes of read-only data that are looked through for names
_NAME = re.compile(rb"(?<![\w.])[A-Za-z_]\w{1,60}(?:\.\w{1,60}){0,8}(?![\w.])")
_LIBRARY = re.compile(rb"lib[\w+.-]{1,60}\.so(?:\.\d+)*")
# Calls by which a library comes to load more: of libraries by name, of character set converters (the last two by libunistring), of SASL plug-ins for servers.
_LOADING = ("dlopen", "iconv_open", "conv_from_encoding", "conv_to_encoding", "sasl_server_init")
_MOST_SYMBOLS = 16 << 20  # bytes of the dynamic string table
_MOST_TAGS = 1 << 20  # bytes of the dynamic segment
_LONGEST = 4096  # bytes of a name
# The header behind its first 16 bytes, a segment, a dynamic tag and a section, of 32 and of 64 bits. An image has thousands of ELF files, of which pyelftools
# reads a few hundred in a second: so what every one of them is asked for is read here, and only what few are asked for by it.
_HEADER = ("HHIIIIIHHHHHH", "HHIQQQIHHHHHH")
_SEGMENT = ("IIIIIIII", "IIQQQQQQ")
_TAG = ("iI", "qQ")
_SECTION = ("IIIIIIIIII", "IIQQQQIIQQ")
_LOADED, _DYNAMIC, _INTERPRETER = 1, 2, 3  # kinds of segments
_STRING_TABLE, _STRING_SIZE = 5, 10  # dynamic tags
_TAGS = {"needed": (1,), "soname": (14,), "runpath": (15, 29)}
_NO_BYTES = 8  # the kind of a section that the file holds nothing of
# What a damaged file raises, here and in pyelftools besides its own ELFError.
DAMAGED = (struct.error, ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, MemoryError, OSError, EOFError, AssertionError)


def is_elf(entry: Entry) -> bool:
    """Whether the file starts as ELF files do."""
    if entry.kind is not Kind.FILE or entry.size < 64:
        return False
    with window(entry) as stream:
        return stream.read(4) == MAGIC


def read_elf(path: str, entry: Entry) -> Elf | None:
    """The ELF facts of the file at `path`; None when it is no ELF file, or a damaged one that no loader would take."""
    if not is_elf(entry):
        return None
    with window(entry) as stream:
        try:
            headers = _Headers(stream)
            tags = headers.tags()
            found = {name: [headers.string(tags, at) for tag, at in tags if tag in kinds] for name, kinds in _TAGS.items()}
            return Elf(
                path=path,
                needed=tuple(found["needed"]),
                soname=next(iter(found["soname"]), ""),
                run_paths=tuple(part for value in found["runpath"] for part in value.split(":") if part),
                interpreter=headers.interpreter(),
                machine=headers.machine,
                calls=_calls(headers.symbols(tags)),
            )
        except DAMAGED:
            return None


def _calls(table: bytes) -> tuple[str, ...]:
    # A linker lets `iconv_open` be the end of `g_iconv_open`, so what a name begins with does not count.
    return tuple(name for name in _LOADING if name.encode() + b"\0" in table)


class _Headers:
    """What the header of an ELF file and its tables tell (System V ABI, chapters 4 and 5); one of DAMAGED where they cannot be read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        identity = self._at(0, 16)
        self._wide = {1: 0, 2: 1}[identity[4]]
        self._order = {1: "<", 2: ">"}[identity[5]]
        (_, machine, _, _, segments, self._sections, _, _, size, count, self._section_size, self._section_count, self._names) = self._table(_HEADER, 16, 1)[0]
        self.machine = _machine(machine)
        if count and size != struct.calcsize(self._order + _SEGMENT[self._wide]):
            raise ValueError(size)
        kind, offset, address, length = (0, 1, 2, 4) if not self._wide else (0, 2, 3, 5)
        self._segments = [(row[kind], row[offset], row[address], row[length]) for row in self._table(_SEGMENT, segments, count)]

    def interpreter(self) -> str:
        """The loader that it asks for."""
        for kind, offset, _, length in self._segments:
            if kind == _INTERPRETER:
                return self._at(offset, min(length, _LONGEST)).partition(b"\0")[0].decode("utf-8", "replace")
        return ""

    def tags(self) -> list[tuple[int, int]]:
        """The dynamic segment: (tag, value), up to its end."""
        for kind, offset, _, length in self._segments:
            if kind == _DYNAMIC:
                rows = self._table(_TAG, offset, min(length, _MOST_TAGS) // struct.calcsize(self._order + _TAG[self._wide]))
                return [(tag, value) for tag, value in itertools.takewhile(lambda row: row[0] != 0, rows)]
        return []

    def string(self, tags: list[tuple[int, int]], at: int) -> str:
        """That of the dynamic string table which begins at `at`."""
        return self._at(self._offset(dict(tags)[_STRING_TABLE]) + at, _LONGEST).partition(b"\0")[0].decode("utf-8", "replace")

    def symbols(self, tags: list[tuple[int, int]]) -> bytes:
        """The dynamic string table; nothing where there is none."""
        there = dict(tags)
        if _STRING_TABLE not in there or _STRING_SIZE not in there:
            return b""
        return self._at(self._offset(there[_STRING_TABLE]), min(there[_STRING_SIZE], _MOST_SYMBOLS))

    def section(self, wanted: bytes) -> tuple[int, int]:
        """Where the section of that name begins, and its bytes; (0, 0) without one."""
        if self._section_count and self._section_size != struct.calcsize(self._order + _SECTION[self._wide]):
            raise ValueError(self._section_size)
        rows = self._table(_SECTION, self._sections, self._section_count)
        names = self._at(rows[self._names][4], min(rows[self._names][5], _MOST_SYMBOLS)) if rows else b""
        return next(((row[4], row[5]) for row in rows if row[1] != _NO_BYTES and names[row[0] :].startswith(wanted + b"\0")), (0, 0))

    def _offset(self, address: int) -> int:
        for kind, offset, start, length in self._segments:
            if kind == _LOADED and start <= address < start + length:
                return address - start + offset
        raise ValueError(address)

    def _table(self, formats: tuple[str, str], offset: int, count: int) -> list[tuple[int, ...]]:
        row = struct.Struct(self._order + formats[self._wide])
        return list(row.iter_unpack(self._at(offset, row.size * count)))

    def _at(self, offset: int, size: int) -> bytes:
        self._stream.seek(offset)
        return self._stream.read(size)


@cache
def _machine(number: int) -> str:
    from elftools.elf.enums import ENUM_E_MACHINE  # noqa: PLC0415  (a table of 200 names, for one)

    return next((name.removeprefix("EM_") for name, value in ENUM_E_MACHINE.items() if value == number and name != "_default_"), str(number))


def names_in(entry: Entry) -> frozenset[str]:
    """Among the read-only strings of an ELF file: identifiers and dotted names, what compiled Python code imports."""
    return _decoded(_NAME.findall(read_only_data(entry)))


def libraries_in(entry: Entry) -> frozenset[str]:
    """Among the read-only strings of an ELF file: names of libraries."""
    return _decoded(_LIBRARY.findall(read_only_data(entry)))


def read_only_data(entry: Entry) -> bytes:
    """The section where an ELF file keeps its string constants, as far as it is read; nothing of a file that cannot be read."""
    with window(entry) as stream:
        try:
            offset, size = _Headers(stream).section(b".rodata")
            stream.seek(offset)
            return stream.read(min(size, _MOST_STRINGS))
        except DAMAGED:
            return b""


def _decoded(names: list[bytes]) -> frozenset[str]:
    return frozenset(name.decode("ascii") for name in set(names))


def window(entry: Entry) -> IO[bytes]:
    """A stream over the bytes of a file entry, which may lie in the middle of a big file."""
    match entry.content:
        case Inline(data):
            return io.BytesIO(data)
        case Slice(file, offset):
            return io.BufferedReader(_Window(file, offset, entry.size), 1 << 14)
        case None:
            return io.BytesIO()


class _Window(io.RawIOBase):
    def __init__(self, file: str, offset: int, size: int) -> None:
        self._stream = open(file, "rb", buffering=0)  # noqa: SIM115  (closed by close)
        self._offset = offset
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)[: max(0, self._size - self._at)]
        self._stream.seek(self._offset + self._at)
        count = self._stream.readinto(view) or 0
        self._at += count
        return count

    def close(self) -> None:
        self._stream.close()
        super().close()
