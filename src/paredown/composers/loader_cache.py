"""/etc/ld.so.cache, in glibc's format, of the libraries that a tree holds: no ldconfig is run, so any architecture will do.

The format is that of glibc's sysdeps/generic/dl-cache.h ("glibc-ld.so.cache1.1"), the choice of names that of its elf/ldconfig.c.
"""

import posixpath
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import groupby

from paredown.plan import Architecture
from paredown.tree import Inline, Kind, Slice, Tree

_MAGIC = b"glibc-ld.so.cache1.1"
_HEADER = struct.Struct("<20sIIB3xI12x")
_ENTRY = struct.Struct("<iIIIQ")
_LITTLE_ENDIAN = 2
_EXTENSION_MAGIC = 0xEAA42174
_GENERATOR, _HWCAPS = 0, 1
_HWCAPS_EXTENSION = 1 << 62  # an entry of a glibc-hwcaps folder; the low half is the index of its name
_GENERATED_BY = b"paredown"
_ELF_LIBC6 = 3

_DT_STRTAB, _DT_SONAME = 5, 14
_PT_LOAD, _PT_DYNAMIC = 1, 2
_READ_AHEAD = 4096


@dataclass(frozen=True, slots=True)
class Library:
    """What the loader asks for (`soname`), where it lies, and the processor level that its folder asks for ("" for any)."""

    soname: str
    path: str
    level: str = ""


def cache_of(tree: Tree, architecture: Architecture) -> bytes:
    """The bytes of /etc/ld.so.cache for `tree`."""
    return write(libraries(tree, architecture), architecture)


def libraries(tree: Tree, architecture: Architecture) -> tuple[Library, ...]:
    """The libraries that ldconfig would list, in the order of the folders it looks in."""
    tree = tree.with_parents()  # a folder that only its files imply is a folder, too
    return tuple(library for folder, level in _folders(tree, architecture) for library in _libraries_in(tree, folder, level, architecture))


def write(found: tuple[Library, ...], architecture: Architecture) -> bytes:
    """`found` as a cache: sorted as the loader's binary search wants them, strings after, the extension (generator, hwcaps) last."""
    flags = _ELF_LIBC6 | {Architecture.AMD64: 0x0300, Architecture.ARM64: 0x0A00}[architecture]
    levels = sorted({library.level for library in found if library.level})
    unique = {(library.soname, library.path): library for library in found}
    ordered = sorted(unique.values(), key=lambda library: library.level == "")
    ordered = sorted(ordered, key=lambda library: cmp_to_key(compare)(library.soname), reverse=True)

    strings = bytearray()
    places: dict[str, int] = {}
    strings_at = _HEADER.size + _ENTRY.size * len(ordered)

    def place(text: str) -> int:
        if text not in places:
            places[text] = strings_at + len(strings)
            strings.extend(text.encode("utf-8", "surrogateescape") + b"\0")
        return places[text]

    entries = b"".join(
        _ENTRY.pack(flags, place(lib.soname), place(lib.path), 0, _HWCAPS_EXTENSION | levels.index(lib.level) if lib.level else 0) for lib in ordered
    )
    level_places = [place(level) for level in levels]
    length = len(strings)
    extension_at = -(-(strings_at + length) // 4) * 4
    return b"".join((
        _HEADER.pack(_MAGIC, len(ordered), length, _LITTLE_ENDIAN, extension_at),
        entries, bytes(strings).ljust(extension_at - strings_at, b"\0"), _extension(level_places, extension_at),
    ))  # fmt: skip


def read(cache: bytes) -> tuple[Library, ...]:
    """The libraries that a cache of this format lists. ValueError when it is another format."""
    magic, count, _, _, extension_at = _HEADER.unpack_from(cache)
    if magic != _MAGIC:
        raise ValueError("not a cache of the new format")

    def text(offset: int) -> str:
        return cache[offset : cache.index(b"\0", offset)].decode("utf-8", "surrogateescape")

    levels: list[str] = []
    if extension_at and struct.unpack_from("<I", cache, extension_at)[0] == _EXTENSION_MAGIC:
        sections = struct.unpack_from("<I", cache, extension_at + 4)[0]
        for index in range(sections):
            tag, _, offset, size = struct.unpack_from("<IIII", cache, extension_at + 8 + 16 * index)
            if tag == _HWCAPS:
                levels = [text(struct.unpack_from("<I", cache, offset + 4 * i)[0]) for i in range(size // 4)]
    found = []
    for index in range(count):
        _, key, value, _, hwcap = _ENTRY.unpack_from(cache, _HEADER.size + _ENTRY.size * index)
        found.append(Library(text(key), text(value), levels[hwcap & 0xFFFFFFFF] if hwcap & _HWCAPS_EXTENSION else ""))
    return tuple(found)


def compare(first: str, second: str) -> int:
    """glibc's order of library names (_dl_cache_libcmp): digits as numbers, and before all else."""
    i = j = 0
    while i < len(first):
        if first[i].isdigit():
            if j >= len(second) or not second[j].isdigit():
                return 1
            start_i, start_j = i, j
            while i < len(first) and first[i].isdigit():
                i += 1
            while j < len(second) and second[j].isdigit():
                j += 1
            difference = int(first[start_i:i]) - int(second[start_j:j])
            if difference:
                return difference
        elif j < len(second) and second[j].isdigit():
            return -1
        elif j >= len(second) or first[i] != second[j]:
            return ord(first[i]) - (ord(second[j]) if j < len(second) else 0)
        else:
            i, j = i + 1, j + 1
    return -1 if j < len(second) else 0


def _extension(level_places: list[int], start: int) -> bytes:
    sections = 2 if level_places else 1
    body_at = start + 8 + 16 * sections
    levels = struct.pack(f"<{len(level_places)}I", *level_places)
    head = struct.pack("<II", _EXTENSION_MAGIC, sections)
    head += struct.pack("<IIII", _GENERATOR, 0, body_at + len(levels), len(_GENERATED_BY))
    if level_places:
        head += struct.pack("<IIII", _HWCAPS, 0, body_at, len(levels))
    return head + levels + _GENERATED_BY


def _folders(tree: Tree, architecture: Architecture) -> Iterator[tuple[str, str]]:
    """(folder, level) that ldconfig looks into: those of ld.so.conf, then the trusted ones; each real folder once, its levels first."""
    multiarch = architecture.multiarch
    # Debian's libc-bin and libc6 configure the first three; what other packages add follows by file name, as `include` has it.
    configured: list[str] = []
    parts = sorted((path, entry) for path, entry in tree.under("etc/ld.so.conf.d") if path.endswith(".conf"))
    for _, entry in parts:
        if entry.kind is Kind.FILE:
            for line in entry.read().decode("utf-8", "replace").splitlines():
                folder = line.partition("#")[0].strip()
                if folder.startswith("/"):
                    configured.append(folder)
    standard = ["/usr/local/lib", f"/usr/local/lib/{multiarch}", f"/lib/{multiarch}", f"/usr/lib/{multiarch}", "/lib", "/usr/lib"]
    seen: set[str] = set()
    for folder in [*configured, *standard]:
        real = tree.resolve(folder)
        if real is None or real in seen:
            continue
        seen.add(real)
        levels = f"{real}/glibc-hwcaps"
        for path, entry in sorted(tree.under(levels), reverse=True):
            if entry.kind is Kind.FOLDER and posixpath.dirname(path) == levels:
                yield f"{folder}/glibc-hwcaps/{posixpath.basename(path)}", posixpath.basename(path)
        yield folder, ""


def _libraries_in(tree: Tree, folder: str, level: str, architecture: Architecture) -> Iterator[Library]:
    real = tree.resolve(folder) or ""
    named: list[tuple[str, str]] = []
    for path, entry in tree.under(real):
        name = path[len(real) + 1 :]
        if "/" in name or not name.startswith(("lib", "ld-")) or ".so" not in name or entry.kind is Kind.FOLDER:
            continue
        target = tree.resolve(path)
        if target is None or tree[target].kind is not Kind.FILE:
            continue
        soname = soname_of(tree, target, architecture)
        if soname is None:
            continue
        # A file is known by what it calls itself; only a developer's link (libfoo.so -> libfoo.so.1) by its own name.
        developers = entry.kind is Kind.LINK and name.endswith(".so") and soname.startswith(name)
        named.append((name if developers else soname or name, name))
    for soname, group in groupby(sorted(named), key=lambda pair: pair[0]):
        names = [name for _, name in group]
        # The soname's own link survives an upgrade of the file behind it; that is what ldconfig lists, too.
        yield Library(soname, f"{folder}/{soname if soname in names else names[-1]}", level)


def soname_of(tree: Tree, path: str, architecture: Architecture) -> str | None:
    """What the shared library calls itself, "" when nothing; None for a file that is no shared library of `architecture`."""
    entry = tree[path]
    machine = {Architecture.AMD64: 62, Architecture.ARM64: 183}[architecture]
    match entry.content:
        case Inline(data):
            return _soname(data, machine, lambda at, size: data[at : at + size])
        case Slice(file, offset):
            with open(file, "rb") as stream:

                def piece(at: int, size: int) -> bytes:
                    stream.seek(offset + at)
                    return stream.read(max(0, min(size, entry.size - at)))

                return _soname(piece(0, _READ_AHEAD), machine, piece)
        case None:
            return None


def _soname(head: bytes, machine: int, piece: Callable[[int, int], bytes]) -> str | None:
    try:
        if head[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<HH", head, 16) != (3, machine):
            return None
        start, size, count = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<HH", head, 54)
        table = head[start : start + size * count] if start + size * count <= len(head) else piece(start, size * count)
        segments = [struct.unpack_from("<IIQQQQ", table, size * i) for i in range(count)]
        dynamic = next(((at, length) for kind, _, at, _, _, length in segments if kind == _PT_DYNAMIC), None)
        if dynamic is None:
            return None
        raw = piece(*dynamic)
        tags = dict(reversed([struct.unpack_from("<qQ", raw, at) for at in range(0, len(raw) - 15, 16)]))
        if _DT_SONAME not in tags:
            return ""
        strings = tags[_DT_STRTAB]
        for kind, _, at, address, _, length in segments:
            if kind == _PT_LOAD and address <= strings < address + length:
                name = piece(at + strings - address + tags[_DT_SONAME], 256)
                return name[: name.index(b"\0")].decode("utf-8", "surrogateescape")
    except (struct.error, ValueError, KeyError):
        return None
    return None
