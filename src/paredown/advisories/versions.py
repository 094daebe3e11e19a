"""The order of versions in each ecosystem, and which of them a range has."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from packaging.version import InvalidVersion, Version

# `1.2.3b_rc1_p2~a1b2-r3`, as apk-tools' src/version.c reads it.
_APK = re.compile(r"(?P<first>\d+)(?P<more>(?:\.\d+)*)(?P<letter>[a-z]?)(?P<suffixes>(?:_[a-z]+\d*)*)(?:~(?P<commit>[0-9a-f]+))?(?:-r(?P<revision>\d+))?")
_SUFFIXES = {name: place for place, name in enumerate(("alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"))}
_EARLIEST = "0"  # of an `introduced`: before all others


@lru_cache(maxsize=1 << 16)
def placed(ecosystem: str, text: str) -> Any:
    """Something by which `text` is less than later versions of its ecosystem; None when nobody can tell."""
    match ecosystem:
        case "PyPI":
            try:
                return Version(text)
            except InvalidVersion:
                return None
        case "Debian":
            from debian.debian_support import Version as DebianVersion  # noqa: PLC0415  (50 ms, for images of Debian alone)

            try:
                return DebianVersion(text)
            except ValueError:
                return None
        case _:
            return _of_apk(text)


def _of_apk(text: str) -> Any:
    """A part for each token; where one version has another token than the other, the earlier kind of token is later, but for pre-releases."""
    found = _APK.fullmatch(text)
    if found is None:
        return None
    parts: list[tuple[int, int, str]] = [(0, int(found["first"]), "")]
    # A number with a leading zero is compared as text, and so comes before all without one.
    parts += [(-1, -1, number) if number.startswith("0") else (-1, int(number), "") for number in found["more"].split(".")[1:]]
    if found["letter"]:
        parts.append((-2, 0, found["letter"]))
    for name, number in re.findall(r"_([a-z]+)(\d*)", found["suffixes"]):
        if name not in _SUFFIXES:
            return None
        parts.append((-3 if _SUFFIXES[name] > _SUFFIXES[""] else -9, _SUFFIXES[name], ""))
        if number:
            parts.append((-4, int(number), ""))
    if found["commit"]:
        parts.append((-5, 0, found["commit"]))
    if found["revision"]:
        parts.append((-6, int(found["revision"]), ""))
    return (*parts, (-7, 0, ""))


def in_range(ecosystem: str, version: str, events: Iterable[tuple[str, str]]) -> bool | None:
    """Whether a range of OSV has `version`, by its (`introduced` | `fixed` | `last_affected` | `limit`, version) events; None when nobody can tell."""
    mine = placed(ecosystem, version)
    timeline: list[tuple[Any, str]] = []
    limits: list[bool] = []
    affected = None
    for kind, text in events:
        place = placed(ecosystem, text)
        if kind == "introduced":
            affected = bool(affected) or text == _EARLIEST
        if kind == "limit":
            limits.append("*" in text or (place is not None and mine is not None and mine < place))
        elif text != _EARLIEST:
            timeline.append((place, kind))
    if affected is None or mine is None or any(place is None for place, _ in timeline):
        return None
    for place, kind in sorted(timeline, key=lambda event: event[0]):
        if kind == "introduced" and mine >= place:
            affected = True
        elif (kind == "fixed" and mine >= place) or (kind == "last_affected" and mine > place):
            affected = False
    return affected and (not limits or any(limits))
