"""What ELF files (programs, shared libraries, extension modules) say of themselves; only their headers and dynamic segment are read."""

import io
import re
import struct
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
_TAGS = {"DT_NEEDED": "needed", "DT_SONAME": "soname", "DT_RPATH": "runpath", "DT_RUNPATH": "runpath"}
# What pyelftools (imported where something is read: it takes 40 ms, and mostly all is remembered) raises besides its own ELFError.
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
    from elftools.common.exceptions import ELFError  # noqa: PLC0415
    from elftools.elf.dynamic import DynamicSegment  # noqa: PLC0415
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415
    from elftools.elf.segments import InterpSegment  # noqa: PLC0415

    values: dict[str, list[str]] = {"needed": [], "soname": [], "runpath": []}
    interpreter = ""
    calls: tuple[str, ...] = ()
    with window(entry) as stream:
        try:
            elf: Any = ELFFile(stream)
            for segment in elf.iter_segments():
                if isinstance(segment, InterpSegment):
                    interpreter = segment.get_interp_name()
                elif isinstance(segment, DynamicSegment):
                    tags = list(segment.iter_tags())
                    for tag in tags:
                        if name := _TAGS.get(tag.entry.d_tag):
                            values[name].append(str(getattr(tag, name if name in ("needed", "soname") else tag.entry.d_tag[3:].lower())))
                    calls = _calls(elf, tags, stream)
            machine = str(elf["e_machine"]).removeprefix("EM_")
        except (ELFError, *DAMAGED):
            return None
    return Elf(
        path=path,
        needed=tuple(values["needed"]),
        soname=values["soname"][0] if values["soname"] else "",
        run_paths=tuple(part for value in values["runpath"] for part in value.split(":") if part),
        interpreter=interpreter,
        machine=machine,
        calls=calls,
    )


def _calls(elf: Any, tags: list[Any], stream: IO[bytes]) -> tuple[str, ...]:
    sizes = {tag.entry.d_tag: tag.entry.d_val for tag in tags if tag.entry.d_tag in ("DT_STRTAB", "DT_STRSZ")}
    if len(sizes) < 2:
        return ()
    offset = next(elf.address_offsets(sizes["DT_STRTAB"]), None)
    if offset is None:
        return ()
    stream.seek(offset)
    table = stream.read(min(sizes["DT_STRSZ"], _MOST_SYMBOLS))
    # A linker lets `iconv_open` be the end of `g_iconv_open`, so what a name begins with does not count.
    return tuple(name for name in _LOADING if name.encode() + b"\0" in table)


def strings_in(entry: Entry) -> tuple[frozenset[str], frozenset[str]]:
    """Among the read-only strings of an ELF file: identifiers and dotted names (what compiled Python code imports), and names of libraries."""
    text = read_only_data(entry)
    return _decoded(_NAME.findall(text)), _decoded(_LIBRARY.findall(text))


def read_only_data(entry: Entry) -> bytes:
    """The section where an ELF file keeps its string constants, as far as it is read; nothing of a file that cannot be read."""
    from elftools.common.exceptions import ELFError  # noqa: PLC0415
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415

    with window(entry) as stream:
        try:
            section: Any = ELFFile(stream).get_section_by_name(".rodata")
            if section is None:
                return b""
            stream.seek(section["sh_offset"])
            return stream.read(min(section["sh_size"], _MOST_STRINGS))
        except (ELFError, *DAMAGED):
            return b""


def _decoded(names: list[bytes]) -> frozenset[str]:
    return frozenset(name.decode("ascii") for name in names)


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
