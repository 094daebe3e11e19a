"""Templates of routes (`/items/{item_id}`, `/user/<int:id>`): which one a path belongs to, and a path for one."""

import re
from collections.abc import Iterable

_PARAMETER = re.compile(r"\{(?P<braced>[^{}]*)\}|<(?P<angled>[^<>]*)>")
_MANY = re.compile(r"(?:path:.*|.*:path)")
_LOOKS_MADE = re.compile(r"[0-9]+|[0-9]{1,4}(-[0-9]{1,2}){1,2}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?=.*[0-9])[0-9a-f]{16,}")


def route_of(method: str, path: str, routes: Iterable[str]) -> str:
    """Which of `routes` (`GET /items/{id}`) answers `path`, the one with the fewest parameters first; "" when none does."""
    path = path.partition("?")[0]
    fitting = [route for route in routes if route.partition(" ")[0] == method and _pattern(route.partition(" ")[2]).fullmatch(path)]
    return min(fitting, key=lambda route: (len(_PARAMETER.findall(route)), route), default="")


def parameters_of(template: str) -> tuple[str, ...]:
    """The names of the parameters in `template`."""
    return tuple(_name_of(found) for found in _PARAMETER.finditer(template))


def filled(template: str) -> str:
    """A path of `template`: 1 where a number is meant, else a word."""
    return _PARAMETER.sub(lambda found: "1" if re.search(r"id\b|_id|int|num|count|page|pk", found.group(0)) else "one", template)


def template_of(path: str) -> str:
    """`path` with `{}` for each of its parts that looks made: a number, a date, a UUID, a digest."""
    return "/".join("{}" if _LOOKS_MADE.fullmatch(part) else part for part in path.partition("?")[0].split("/"))


def _pattern(template: str) -> re.Pattern[str]:
    parts, end = [], 0
    for found in _PARAMETER.finditer(template):
        parts.append(re.escape(template[end : found.start()]))
        parts.append(".*" if _MANY.fullmatch(found.group("braced") or found.group("angled") or "") else "[^/]+")
        end = found.end()
    return re.compile("".join([*parts, re.escape(template[end:])]))


def _name_of(found: re.Match[str]) -> str:
    if found.group("braced") is not None:
        return found.group("braced").partition(":")[0]
    return found.group("angled").rpartition(":")[2]
