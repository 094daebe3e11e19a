"""JSON that others wrote, checked key by key: a wrong value raises an error that names its path."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from paredown.errors import BrokenArchiveError

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its path (`manifest.layers[0].digest`). `null` and an absent key are the same, as Go's writers treat them."""

    value: Any
    path: str

    def __truediv__(self, key: str) -> "Node":
        if self.value is None:
            return Node(None, f"{self.path}.{key}")
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return Node(self.value.get(key), f"{self.path}.{key}")

    def wrong(self, expected: str) -> BrokenArchiveError:
        """The error that says what stands here instead of what is `expected`."""
        shown = json.dumps(self.value, ensure_ascii=False)
        return BrokenArchiveError(f"{self.path} is {shown if len(shown) < 80 else shown[:77] + '...'}, not {expected}", where=self.path.partition(".")[0])

    def text(self, default: str | None = None) -> str:
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, str):
            raise self.wrong("a text")
        return self.value

    def number(self, default: int | None = None) -> int:
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise self.wrong("a whole number")
        return self.value

    def flag(self) -> bool:
        if self.value is None:
            return False
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def digest(self) -> str:
        if not isinstance(self.value, str) or not _DIGEST.fullmatch(self.value):
            raise self.wrong("a sha256 digest")
        return self.value

    def items(self) -> Iterator["Node"]:
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        for index, value in enumerate(self.value):
            yield Node(value, f"{self.path}[{index}]")

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def members(self) -> Iterator[tuple[str, "Node"]]:
        if self.value is None:
            return
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        for key, value in self.value.items():
            yield key, Node(value, f"{self.path}.{key}")

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """An object of texts, sorted by key."""
        return tuple(sorted((key, value.text()) for key, value in self.members()))

    def keys(self) -> tuple[str, ...]:
        """The keys of an object whose values say nothing, sorted."""
        return tuple(sorted(key for key, _ in self.members()))


def parsed(data: bytes, name: str) -> Node:
    """The JSON document `data`; paths in errors start with `name`."""
    try:
        return Node(json.loads(data), name)
    except (ValueError, RecursionError) as error:
        raise BrokenArchiveError(f"{name} is not JSON: {error}", where=name) from error


def canonical(value: Any) -> bytes:
    """`value` as JSON with sorted keys and no spaces; the same bytes on any machine."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogateescape")
