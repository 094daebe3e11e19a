"""A small ELF file with debug symbols, laid out as compilers do: a loaded segment, then what nothing loads, then the section table."""

import struct

DEBUG_BYTES = 64 << 10


def elf_with_debug_symbols(loaded: bytes = b"code" * 64, *, debug_inside: bool = False, section: bytes = b".text") -> bytes:
    """A 64-bit little-endian shared object. With `debug_inside` a segment reaches beyond the debug symbols, as patchelf leaves it.

    `loaded` lies in the section of that name: `.rodata` for constants.
    """
    names = b"\0%b\0.debug_info\0.shstrtab\0" % section
    start = 64 + 56
    debug_at = start + len(loaded)
    names_at = debug_at + DEBUG_BYTES
    sections_at = (names_at + len(names) + 7) // 8 * 8
    segment_end = names_at if debug_inside else debug_at
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01" + bytes(9), 3, 62, 1, 0, 64, sections_at, 0, 64, 56, 1, 64, 4, 3)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, segment_end, segment_end, 4096)
    sections = [
        bytes(64),
        struct.pack("<IIQQQQIIQQ", 1, 1, 0x6, start, start, len(loaded), 0, 0, 1, 0),
        struct.pack("<IIQQQQIIQQ", names.index(b".debug_info"), 1, 0, 0, debug_at, DEBUG_BYTES, 0, 0, 1, 0),
        struct.pack("<IIQQQQIIQQ", names.index(b".shstrtab"), 3, 0, 0, names_at, len(names), 0, 0, 1, 0),
    ]
    body = header + segment + loaded + b"D" * DEBUG_BYTES + names
    return body + bytes(sections_at - len(body)) + b"".join(sections)
