"""The holes of a route's template: `GET /items/{item_id}`. The framework's own may say what a name stands for: `GET /items/{item_id:int}`."""

import re
from collections.abc import Mapping

_HOLE = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")


def plain(route: str) -> str:
    """`route` without the kinds of its holes."""
    return _HOLE.sub(r"{\1}", route)


def holes(path: str) -> tuple[tuple[str, str], ...]:
    """The (name, kind) of each hole; kind "" when it does not say."""
    return tuple((found[1], found[2] or "") for found in _HOLE.finditer(path))


def filled(path: str, values: Mapping[str, str]) -> str:
    """`path` with each hole replaced by the value of its name."""
    return _HOLE.sub(lambda found: values.get(found[1], "1"), path)


def shape(route: str) -> str:
    """What two templates of the same route have in common, whatever they call their holes."""
    return _HOLE.sub("{}", route)
