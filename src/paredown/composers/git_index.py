"""Which paths git tracks, read from its index file; git itself is not needed.

Format: https://git-scm.com/docs/index-format (versions 2 to 4).
"""

import struct
from pathlib import Path

_FIXED = 40  # bytes of an entry before its object name: times, device, inode, mode, owner, size
_EXTENDED = 0x4000


def git_folder(start: Path) -> tuple[Path, Path] | None:
    """The work tree around `start` and its git folder, or None."""
    for folder in (start, *start.parents):
        dot_git = folder / ".git"
        if dot_git.is_dir():
            return folder, dot_git
        if dot_git.is_file():
            named = dot_git.read_text("utf-8", "surrogateescape").partition("gitdir:")[2].strip()
            if named:
                return folder, (folder / named).resolve()
    return None


def tracked_paths(folder: Path) -> frozenset[str]:
    """Every path in the index of the git folder, relative to the work tree; none when the index cannot be read."""
    try:
        content = (folder / "index").read_bytes()
        return frozenset(_paths(content, _name_size(folder)))
    except (OSError, struct.error, IndexError, ValueError):
        return frozenset()


def _name_size(folder: Path) -> int:
    try:
        text = (folder / "config").read_text("utf-8", "replace").lower().replace(" ", "")
    except OSError:
        return 20
    return 32 if "objectformat=sha256" in text else 20


def _paths(content: bytes, name_size: int) -> list[str]:
    signature, version, count = struct.unpack_from(">4sII", content)
    if signature != b"DIRC" or version not in (2, 3, 4):
        return []
    found = []
    at, before = 12, b""
    for _ in range(count):
        start = at
        at += _FIXED + name_size
        (flags,) = struct.unpack_from(">H", content, at)
        at += 4 if flags & _EXTENDED else 2
        if version == 4:
            cut, at = _offset(content, at)
            end = content.index(b"\0", at)
            path = before[: len(before) - cut] + content[at:end]
            at = end + 1
        else:
            end = content.index(b"\0", at)
            path = content[at:end]
            at = start + ((end - start) // 8 + 1) * 8  # one to eight NUL bytes fill up to a multiple of eight
        before = path
        found.append(path.decode("utf-8", "surrogateescape"))
    return found


def _offset(content: bytes, at: int) -> tuple[int, int]:
    # The number's seven-bit groups, each but the first one higher than written, as in packs' offset deltas.
    byte = content[at]
    value = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = content[at]
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, at + 1
