"""Shared libraries for tests, of a few hundred bytes."""

import struct


def library(soname: str = "", machine: int = 62, needed: tuple[str, ...] = ()) -> bytes:
    """A shared library that says nothing but its soname and what it needs."""
    strings = b"\0"
    tags = []
    for kind, name in [*((14, name) for name in [soname] if name), *((1, name) for name in needed)]:
        tags.append((kind, len(strings)))
        strings += name.encode() + b"\0"
    size_of_tags = max(64, 16 * (len(tags) + 3))
    dynamic = b"".join(struct.pack("<qQ", *tag) for tag in [(5, 64 + 2 * 56 + size_of_tags), (10, len(strings)), *tags, (0, 0)]).ljust(size_of_tags, b"\0")
    dynamic_at = 64 + 2 * 56
    size = dynamic_at + len(dynamic) + len(strings)
    head = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, 0, 0, 64, 56, 2, 64, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0, 0, size, size, 4096)
    return head + load + struct.pack("<IIQQQQQQ", 2, 6, dynamic_at, dynamic_at, dynamic_at, len(dynamic), len(dynamic), 8) + dynamic + strings
