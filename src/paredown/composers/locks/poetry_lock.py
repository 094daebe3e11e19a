"""poetry.lock, versions 1.x to 2.1: what is reached from the main dependencies of pyproject.toml, and from the asked groups and extras."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from paredown.composers.locks.interface import Asked, table_at, unreadable
from paredown.composers.locks.pinned import Pinned, check_satisfied, holds, pylock_of
from paredown.errors import UserError
from paredown.plan import Architecture

FLOATING = True
_REMEDY = "poetry lock"


def inputs(asked: Asked) -> tuple[Path, ...]:
    """The files that decide, as `Reader` has it."""
    return (asked.main, asked.main.parent / "pyproject.toml")


def pylock(asked: Asked) -> str:
    """The selection as a pylock, as `Reader` has it."""
    pinned, indexes = selected(asked)
    return pylock_of(asked, pinned, environment=indexes)


def selected(asked: Asked) -> tuple[list[Pinned], dict[str, str]]:
    """What of the lock to install, and which indexes uv shall ask for it."""
    table = table_at(asked.main, asked.where, remedy=_REMEDY)
    packages = table.get("package", [])
    if not isinstance(packages, list) or not all(isinstance(entry, dict) and isinstance(entry.get("name"), str) for entry in packages):
        raise unreadable(asked.main, "package", asked.where, remedy=_REMEDY)
    by_name: dict[str, list[dict[str, Any]]] = {}
    for entry in packages:
        by_name.setdefault(_normal(entry["name"]), []).append(entry)
    project = table_at(asked.main.parent / "pyproject.toml", asked.where, remedy="mend pyproject.toml")
    lines = [line for line in project.get("project", {}).get("dependencies", []) if isinstance(line, str)]
    check_satisfied(lines, {name: str(entries[0].get("version", "")) if len(entries) == 1 else "" for name, entries in by_name.items()}, asked, remedy=_REMEDY)
    machines: dict[int, set[Architecture]] = {}
    for machine in Architecture:
        for index in _reached(by_name, packages, list(_roots(project, asked, machine)), asked, machine):
            machines.setdefault(index, set()).add(machine)
    sources = table.get("metadata", {}).get("files", {})
    pinned = [_pinned(packages[index], sources, frozenset(where), asked) for index, where in machines.items()]
    return pinned, _indexes(packages[index] for index in machines)


def _roots(project: dict[str, Any], asked: Asked, machine: Architecture) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, extras) of every dependency that the selection starts from; extras of the project are added by name."""
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415

    declared = project.get("project", {})
    tool = project.get("tool", {}).get("poetry", {})
    lines = list(declared.get("dependencies", []))
    for extra in asked.step.extras:
        lines += declared.get("optional-dependencies", {}).get(extra, [])
    for group in asked.step.groups:
        lines += [line for line in project.get("dependency-groups", {}).get(group, []) if isinstance(line, str)]
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement as error:
            raise UserError(f"pyproject.toml: `{line}` is no requirement", where="pyproject.toml") from error
        if requirement.marker is None or holds(str(requirement.marker), asked, machine, extras=asked.step.extras):
            yield _normal(requirement.name), tuple(requirement.extras)
    tables = [tool.get("dependencies", {})]
    for group in asked.step.groups:
        found = tool.get("group", {}).get(group, {}).get("dependencies") or (tool.get("dev-dependencies") if group == "dev" else None)
        if found is None and group not in project.get("dependency-groups", {}):
            raise UserError(f"pyproject.toml has no group {group!r}", where="pyproject.toml", fix="take the group out of the configuration, or declare it")
        tables.append(found or {})
    in_extras = {_normal(name) for extra in asked.step.extras for name in tool.get("extras", {}).get(extra, [])}
    for found in tables:
        for name, wanted in found.items():
            for choice in wanted if isinstance(wanted, list) else [wanted]:
                described = choice if isinstance(choice, dict) else {}
                if _normal(name) == "python" or (described.get("optional") and _normal(name) not in in_extras):
                    continue
                if _applies(described, asked, machine):
                    yield _normal(name), tuple(described.get("extras", ()))


def _applies(described: dict[str, Any], asked: Asked, machine: Architecture) -> bool:
    """Whether a dependency's `python`, `platform` and `markers` hold; `extra` markers only gate optional packages, which extras name."""
    if "python" in described and not python_allows(str(described["python"]), asked.python):
        return False
    if "platform" in described and described["platform"] not in ("linux", "*"):
        return False
    return holds(str(described.get("markers", "")), asked, machine, extras=asked.step.extras)


def python_allows(constraint: str, python: str) -> bool:
    """Whether a Poetry version constraint (`^3.8`, `~3.9`, `>=3.8,<4.0 || 3.7.*`) lets `python` (`3.13`) in."""
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415

    return any(
        SpecifierSet(",".join(_specifier(part) for part in re.split(r"\s*,\s*|\s+(?=[<>=!~^])", choice.strip()) if part and part != "*")).contains(
            f"{python}.0"
        )
        for choice in constraint.split("||")
    )


def _specifier(part: str) -> str:
    if part[0] == "^" or (part[0] == "~" and not part.startswith("~=")):
        numbers = [int(number) for number in re.findall(r"\d+", part)]
        # The caret lets everything below the next version of the first number that is not zero, the tilde below the next minor one.
        fixed = next((place for place, number in enumerate(numbers) if number), 0) if part[0] == "^" else min(1, len(numbers) - 1)
        above = [*numbers[:fixed], numbers[fixed] + 1]
        return f">={part[1:]},<{'.'.join(map(str, above))}"
    return part if part[0] in "<>=!~" else f"=={part}"


def _reached(
    by_name: dict[str, list[dict[str, Any]]], packages: list[dict[str, Any]], roots: list[tuple[str, tuple[str, ...]]], asked: Asked, machine: Architecture
) -> list[int]:  # fmt: skip
    """The indexes in `packages` of all that `roots` need on `machine`."""
    numbers = {id(entry): index for index, entry in enumerate(packages)}
    reached: dict[int, None] = {}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    while roots:
        name, extras = roots.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        entry = _entry_for(by_name.get(name, []), asked, machine)
        if entry is None:
            raise UserError(f"{asked.main.name} is out of date: it lacks {name}, which is needed", where=asked.where, fix=_REMEDY)
        reached[numbers[id(entry)]] = None
        asked_extras = {re.split(r"[\s(<>=!;\[]", str(line), maxsplit=1)[0] for extra in extras for line in _extra_of(entry, extra)}
        wanted_by_extras = {_normal(found) for found in asked_extras}
        for needed, wanted in entry.get("dependencies", {}).items():
            for choice in wanted if isinstance(wanted, list) else [wanted]:
                described = choice if isinstance(choice, dict) else {}
                if described.get("optional") and _normal(needed) not in wanted_by_extras:
                    continue
                python = described.get("python")
                marker = str(described.get("markers", ""))
                if (python is None or python_allows(str(python), asked.python)) and holds(marker, asked, machine, extras=extras):
                    roots.append((_normal(needed), tuple(described.get("extras", ()))))
    return list(reached)


def _extra_of(entry: dict[str, Any], extra: str) -> list[str]:
    return next((lines for name, lines in entry.get("extras", {}).items() if _normal(name) == _normal(extra)), [])


def _entry_for(entries: list[dict[str, Any]], asked: Asked, machine: Architecture) -> dict[str, Any] | None:
    """Of several locked versions of a package the one for this Python and machine."""
    for entry in entries:
        python = str(entry.get("python-versions", "*"))
        markers = entry.get("markers", "")
        groups = markers.values() if isinstance(markers, dict) else [markers]
        if len(entries) == 1 or (
            python_allows(python, asked.python) and any(holds(str(marker), asked, machine, extras=asked.step.extras) for marker in groups)
        ):
            return entry
    return None


def _pinned(entry: dict[str, Any], sources: Any, machines: frozenset[Architecture], asked: Asked) -> Pinned:
    name, version = entry["name"], entry.get("version")
    if not isinstance(version, str):
        raise unreadable(asked.main, f"package {name}: version", asked.where, remedy=_REMEDY)
    # Before lock version 2.0 the files of all packages stood in one table at the end.
    files = entry.get("files") or (sources.get(name, []) if isinstance(sources, dict) else [])
    digests = frozenset(str(file.get("hash", "")).removeprefix("sha256:") for file in files if isinstance(file, dict)) - {""}
    source = entry.get("source", {})
    match source.get("type"):
        case "git":
            inner = f"#subdirectory={source['subdirectory']}" if source.get("subdirectory") else ""
            direct = f"git+{source['url']}@{source.get('resolved_reference') or source.get('reference')}{inner}"
        case "directory" | "file":
            direct = (asked.main.parent / str(source["url"])).resolve().as_uri()
        case "url":
            direct = str(source["url"])
        case _:
            direct = ""
    return Pinned(name=_normal(name), version=version, direct=direct, digests=digests, machines=machines)


def _indexes(entries: Iterator[dict[str, Any]]) -> dict[str, str]:
    urls = {str(entry["source"]["url"]) for entry in entries if entry.get("source", {}).get("type") == "legacy"}
    return {"UV_INDEX": " ".join(sorted(urls)), "UV_INDEX_STRATEGY": "unsafe-best-match"} if urls else {}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", str(name)).lower()
