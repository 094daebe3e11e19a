"""What a service is known to hold: where in its answers the ids are that its paths ask for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paredown.probes.exchange.holes import shape
from paredown.probes.exchange.schema import fits

_NAMES = ("id", "_id", "uuid", "pk", "key", "slug", "code", "name", "token")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run finds a value: a pointer into its answer to the request called `source`."""

    source: str
    pointer: str


class Resources:
    """Answers of the leading run by the collection that they speak of, what was created before what was only listed."""

    def __init__(self) -> None:
        self._created: dict[str, tuple[str, Any]] = {}
        self._listed: dict[str, tuple[str, Any]] = {}

    def take(self, method: str, path: str, source: str, value: Any) -> None:
        """Note `value`, the JSON answer to the request `source`. What was created first stays."""
        if value is None or method not in ("GET", "POST", "PUT"):
            return
        kept = self._listed if method == "GET" else self._created
        kept.setdefault(_collection(path), (source, value))

    def find(self, path: str, name: str, kind: Any) -> Place | None:
        """A value for the hole `name` of `path`, of the JSON type `kind`."""
        own = _collection(path.partition("{" + name)[0])
        for kept in (self._created, self._listed):
            if own in kept and (place := _within(*kept[own], name, kind)):
                return place
        return self.refers(name, kind)

    def refers(self, name: str, kind: Any) -> Place | None:
        """A value for something called `item_id` or `itemId`: the id of one of the items, whatever path they have."""
        stem = _stem(name)
        if not stem:
            return None
        for kept in (self._created, self._listed):
            for collection, (source, value) in kept.items():
                if _singular(collection.rpartition("/")[2]) == _singular(stem) and (place := _within(source, value, name, kind)):
                    return place
        return None


def _collection(path: str) -> str:
    return shape(path.rstrip("/"))


def _stem(name: str) -> str:
    found = re.fullmatch(r"(.+?)_?(?:id|uuid|pk|key|slug)", name, re.IGNORECASE)
    return found[1].lower() if found else ""


def _singular(word: str) -> str:
    word = word.lower().replace("-", "_")
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def _within(source: str, value: Any, name: str, kind: Any) -> Place | None:
    if isinstance(value, str | int) and fits(value, str(kind)) and not isinstance(value, bool):
        return Place(source, "")
    for pointer, thing in _things(value):
        for key in (name, *_NAMES, _stem(name)):
            if key in thing and _serves(thing[key], kind):
                return Place(source, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    if isinstance(value, list) and value and _serves(value[0], kind):
        return Place(source, "/0")
    return None


def _things(value: Any, pointer: str = "", depth: int = 0) -> list[tuple[str, Mapping[str, Any]]]:
    """The objects that an answer may be about: itself, the first of a list, or what it wraps (`{"data": {...}}`, `{"results": [...]}`)."""
    if isinstance(value, list):
        return _things(value[0], f"{pointer}/0", depth) if value else []
    if not isinstance(value, dict) or depth > 2:
        return []
    inner = [(key, one) for key, one in value.items() if isinstance(one, dict | list) and "/" not in key and "~" not in key]
    return [(pointer, value), *(thing for key, one in inner for thing in _things(one, f"{pointer}/{key}", depth + 1))]


def _serves(value: Any, kind: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        return False
    return isinstance(value, int) or value.isdecimal() if kind in ("integer", "number") else True
