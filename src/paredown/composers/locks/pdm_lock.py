"""pdm.lock: the packages of its `default` group and of the asked groups and extras."""

from pathlib import Path
from typing import Any

from paredown.composers.locks.interface import Asked, table_at, unreadable
from paredown.composers.locks.pinned import Pinned, check_satisfied, machines_where, pylock_of
from paredown.errors import UserError

FLOATING = True
_REMEDY = "pdm lock"


def inputs(asked: Asked) -> tuple[Path, ...]:
    """The files that decide, as `Reader` has it."""
    beside = asked.main.parent / "pyproject.toml"
    return (asked.main, beside) if beside.exists() else (asked.main,)


def pylock(asked: Asked) -> str:
    """The selection as a pylock, as `Reader` has it."""
    pinned, indexes = selected(asked)
    return pylock_of(asked, pinned, environment=indexes)


def selected(asked: Asked) -> tuple[list[Pinned], dict[str, str]]:
    """What of the lock to install, and which indexes uv shall ask for it."""
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    table = table_at(asked.main, asked.where, remedy=_REMEDY)
    packages = table.get("package", [])
    if not isinstance(packages, list) or not all(isinstance(entry, dict) and isinstance(entry.get("name"), str) for entry in packages):
        raise unreadable(asked.main, "package", asked.where, remedy=_REMEDY)
    beside = asked.main.parent / "pyproject.toml"
    project = table_at(beside, asked.where, remedy="mend pyproject.toml").get("project", {}) if beside.exists() else {}
    asked_for = [str(line) for line in project.get("dependencies", [])]
    for extra in asked.step.extras:
        asked_for += project.get("optional-dependencies", {}).get(extra, [])
    check_satisfied(asked_for, {canonicalize_name(entry["name"]): str(entry.get("version", "")) for entry in packages}, asked, remedy=_REMEDY)
    wanted = {"default", *asked.step.groups, *asked.step.extras}
    known = {str(group) for entry in packages for group in entry.get("groups", ["default"])}
    if missing := sorted(wanted - known - {"default"}):
        raise UserError(f"{asked.main.name} does not hold the group {missing[0]!r}; it has {', '.join(sorted(known))}", where=asked.where, fix=_REMEDY)
    if packages and not any("groups" in entry for entry in packages):
        raise UserError(f"{asked.main.name} does not say which group a package belongs to", where=asked.where, fix="pdm lock --strategy inherit_metadata")
    pinned: dict[str, Pinned] = {}
    for entry in packages:
        # An entry with extras repeats the one without them.
        if wanted.isdisjoint(entry.get("groups", ["default"])):
            continue
        found = _pinned(entry, asked)
        if found is not None:
            pinned.setdefault(found.name, found)
    return list(pinned.values()), {}


def _pinned(entry: dict[str, Any], asked: Asked) -> Pinned | None:
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    machines = machines_where(str(entry.get("marker", "")), asked)
    if not machines:
        return None
    files = [file for file in entry.get("files", []) if isinstance(file, dict)]
    digests = frozenset(str(file.get("hash", "")).removeprefix("sha256:") for file in files) - {""}
    direct = ""
    if "git" in entry:
        direct = f"git+{entry['git']}@{entry.get('revision') or entry.get('ref')}"
    elif "path" in entry:
        direct = (asked.main.parent / str(entry["path"])).resolve().as_uri()
    elif "url" in entry:
        direct = str(entry["url"])
    if not direct and not isinstance(entry.get("version"), str):
        raise unreadable(asked.main, f"package {entry['name']}: version", asked.where, remedy=_REMEDY)
    return Pinned(name=canonicalize_name(entry["name"]), version=str(entry.get("version", "")), direct=direct, digests=digests, machines=machines)
