"""How findings name sizes and lists: short, with the rest counted."""

from collections.abc import Sequence

_MOST_NAMED = 3


def size(count: int) -> str:
    """`count` bytes as people say it, in powers of 1000."""
    if count >= 1_000_000:
        return f"{count / 1e6:.1f} MB"
    return f"{count / 1e3:.0f} kB" if count >= 1_000 else f"{count} bytes"


def listed(names: Sequence[str], most: int = _MOST_NAMED) -> str:
    """`a, b and c`, or `a, b, c and 4 more`."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def counted(count: int, one: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {one}{'' if count == 1 else 's'}"
