"""Debian's own list (https://security-tracker.debian.org/tracker/data/json): a source package, its issues, and each release's state."""

from collections.abc import Iterator
from typing import Any

from paredown.advisories.claims import Claim, Wanted
from paredown.advisories.versions import placed
from paredown.holdings import Subject
from paredown.oci.foreign_json import Node

ECOSYSTEM = "Debian"
_NEVER = "0"  # as the version that fixes it: the release never had it


def is_package(value: Any) -> bool:
    """Whether a member of a JSON document can be a package of the list: its issues, each with releases."""
    return isinstance(value, dict) and bool(value) and all(isinstance(issue, dict) and isinstance(issue.get("releases"), dict) for issue in value.values())


def claims(package: Node, name: str, wanted: Wanted) -> Iterator[Claim]:
    """What the list says of the source package `name`. BrokenArchiveError names the key that is not as it should be."""
    for subject in wanted.get((ECOSYSTEM, name), ()):
        for number, issue in package.members():
            for release in subject.releases:
                state = issue / "releases" / release
                if state.value is not None:
                    yield Claim(subject=subject, id=number, affected=_is_affected(state, subject))


def _is_affected(state: Node, subject: Subject) -> bool | None:
    """`open` ones have no fix in the release, `resolved` ones have it since a version, `undetermined` ones nobody has looked into."""
    status, fixed = (state / "status").text(), (state / "fixed_version").text("")
    if status == "open" and not fixed:
        return True
    if fixed == _NEVER:
        return False
    mine, place = placed(subject.ecosystem, subject.version), placed(subject.ecosystem, fixed)
    if status not in ("open", "resolved") or mine is None or place is None:
        return None
    return bool(mine < place)
