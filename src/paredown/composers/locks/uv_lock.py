"""uv.lock: `uv export` says it as a pylock, offline and without an interpreter; a lock that its project outgrew is refused."""

import re
import tomllib
from pathlib import Path
from typing import Any

from paredown.composers import uv_tool
from paredown.composers.locks.interface import Asked, table_at, text_at, unreadable
from paredown.errors import UserError
from paredown.origin import Origin, line_of

FLOATING = False
_REMEDY = "uv lock"
_MEMBER = re.compile(r'^source = \{ (?:editable|virtual|directory) = "([^"]*)" \}', re.MULTILINE)


def inputs(asked: Asked) -> tuple[Path, ...]:
    """The lock and the pyproject.toml of each package it takes from this disk."""
    root = asked.main.parent
    # The lock is large and its key is wanted on every build: one look with a pattern, not a parse.
    members = _MEMBER.findall(text_at(asked.main, asked.where))
    files = [asked.main, *(root / member / "pyproject.toml" for member in sorted({".", *members}))]
    return tuple(file for file in files if file.exists())


def pylock(asked: Asked) -> str:
    """The lock's default selection without the group `dev`, with the asked groups and extras; workspace members stay folders."""
    table = table_at(asked.main, asked.where, remedy=_REMEDY)
    _check_fresh(asked, table)
    step = asked.step
    arguments = ["export", "--quiet", "--frozen", "--offline", "--no-header", "--format", "pylock.toml", "--no-emit-project"]
    if "dev" not in step.groups:
        arguments.append("--no-dev")
    arguments += [word for group in step.groups for word in ("--group", group)]
    arguments += [word for extra in step.extras for word in ("--extra", extra)]
    arguments += ["--package", step.package] if step.package is not None else []
    return uv_tool.run(arguments, folder=asked.main.parent, environment=asked.means.environment, where=asked.where)


def _check_fresh(asked: Asked, table: dict[str, Any]) -> None:
    """UserError when a member's pyproject.toml asks for something else than what the lock was made from."""
    packages = table.get("package", [])
    if not isinstance(packages, list):
        raise unreadable(asked.main, "package", asked.where, remedy=_REMEDY)
    for package in packages:
        source = package.get("source", {})
        member = next((source[key] for key in ("editable", "virtual", "directory") if key in source), None)
        if member is None or "metadata" not in package:
            continue
        file = asked.main.parent / member / "pyproject.toml"
        if not file.exists():
            if "editable" in source or "virtual" in source:
                raise UserError(f"uv.lock names {package['name']} in {member}, where there is no pyproject.toml", where=asked.where, fix=_REMEDY)
            continue
        _check_member(file, package, asked)


def _check_member(file: Path, package: dict[str, Any], asked: Asked) -> None:
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    text = text_at(file, Origin(file.name))
    name = file.relative_to(asked.project).as_posix() if file.is_relative_to(asked.project) else str(file)
    try:
        project = tomllib.loads(text).get("project", {})
        if "dependencies" in project.get("dynamic", ()):
            return
        asked_for = [*project.get("dependencies", [])]
        if "optional-dependencies" not in project.get("dynamic", ()):
            asked_for += [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
        wanted = [(requirement, line) for line in asked_for for requirement in [Requirement(line)]]
    except (tomllib.TOMLDecodeError, InvalidRequirement) as error:
        raise UserError(f"{name} cannot be read: {error}", where=Origin(name)) from error
    entries = package["metadata"].get("requires-dist", [])
    elsewhere = {entry["name"] for entry in entries if not entry.keys().isdisjoint({"git", "url", "path", "directory", "editable", "virtual"})}
    locked = {(entry["name"], SpecifierSet(entry.get("specifier", ""))) for entry in entries}
    names = {entry["name"] for entry in entries}
    for requirement, line in wanted:
        normal = canonicalize_name(requirement.name)
        known = normal in names if normal in elsewhere or requirement.url else (normal, requirement.specifier) in locked
        # A project that names itself (`package[extra]`) is spelled out in the lock.
        if not known and normal != package["name"]:
            raise UserError(
                f"uv.lock is out of date: {name} asks for `{line}`, which the lock was not made from",
                where=Origin(name, line_of(text, requirement.name)),
                fix=_REMEDY,
            )
    gone = names - {canonicalize_name(requirement.name) for requirement, _ in wanted} - {package["name"]}
    if gone:
        raise UserError(f"uv.lock is out of date: {name} no longer asks for {', '.join(sorted(gone))}", where=Origin(name), fix=_REMEDY)
