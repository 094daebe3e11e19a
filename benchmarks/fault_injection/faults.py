"""Faults by kind: a kind is a function that looks through a good image and yields the faults that it has the ground for, the worst first.

The kinds are in missing.py (files that are gone), damaged.py (files that are other) and configured.py (what the image's configuration says).
"""

import posixpath
import re
from collections.abc import Callable, Iterator

from benchmarks.fault_injection.mutants import Fault, Good
from paredown.tree import Entry, Kind, OwnerKind

Find = Callable[[Good], Iterator[Fault]]
KINDS: dict[str, Find] = {}


def kind(name: str) -> Callable[[Find], Find]:
    """Register a kind under the name that reports show."""

    def register(find: Find) -> Find:
        KINDS[name] = find
        return find

    return register


def faults(good: Good, most: int) -> Iterator[Fault]:
    """Up to `most` faults of every kind that `good` has the ground for."""
    for name, find in KINDS.items():
        for count, fault in enumerate(find(good)):
            if count == most:
                break
            assert fault.kind == name, (fault.kind, name)
            yield fault


def files(good: Good, pattern: str) -> Iterator[tuple[str, Entry]]:
    """The image's files whose path matches `pattern`."""
    wanted = re.compile(pattern)
    return ((path, entry) for path, entry in good.image.tree.items() if entry.kind is Kind.FILE and wanted.search(path))


def sources(good: Good) -> Iterator[tuple[str, Entry]]:
    """The app's own modules: in /app, or installed as the distribution that the service is."""
    for path, entry in files(good, r"\.py$"):
        if (path.startswith("app/") and "/tests/" not in path) or (entry.owner.kind is OwnerKind.DISTRIBUTION and entry.owner.name == "parcel-desk"):
            yield path, entry


def names(good: Good, text: bytes) -> bool:
    """Whether the app's own code holds `text`."""
    return any(text in entry.read() for _, entry in sources(good))


def with_bytecode(good: Good, path: str) -> tuple[str, ...]:
    """A module's file and the bytecode of it."""
    folder, base = posixpath.split(path.removesuffix(".py"))
    pattern = rf"^{re.escape(folder)}/__pycache__/{re.escape(base)}\.cpython-\d+\.pyc$"
    return (path, *(found for found, _ in files(good, pattern)))


def programs(good: Good) -> list[str]:
    """The program that the image starts, and those that its app is known to call."""
    word = next(iter((*good.image.config.entrypoint, *good.image.config.command)), "")
    folders = dict(good.image.config.environment).get("PATH", "").split(":")
    called = (good.image.tree.resolve(f"{folder}/{name}") for folder in folders for name in (posixpath.basename(word), "file", "tesseract"))
    return list(dict.fromkeys(path for path in called if path and good.image.tree[path].executable))
