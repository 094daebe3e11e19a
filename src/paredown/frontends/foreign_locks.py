"""poetry.lock, pdm.lock, Pipfile.lock and pylock.toml: whether each is up to date, and what it locks.

The hashes are those that the tools themselves compare: python-poetry/poetry packages/locker.py, pdm-project/pdm
project/project_file.py, and pipenv's plette.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from paredown import toml_file
from paredown.errors import UserError
from paredown.frontends.pyproject import mapping, name_of_requirement, normalised, strings
from paredown.origin import Origin, line_of

_HASHES = re.compile(r"^files = \[\n.*?^\]\n?", re.MULTILINE | re.DOTALL)


def poetry_names(text: str, file: str, document: Mapping[str, Any], pyproject_text: str) -> frozenset[str]:
    """The names that poetry.lock has for a run. Raises UserError when it was made for another pyproject.toml."""
    lock = toml_file.parse(_HASHES.sub("", text), file)
    recorded = mapping(lock.get("metadata")).get("content-hash")
    packages = [item for item in lock.get("package", []) if isinstance(item, dict) and isinstance(item.get("name"), str)]
    names = frozenset(normalised(item["name"]) for item in packages if "main" in item.get("groups", ["main"]) and item.get("category", "main") == "main")
    if isinstance(recorded, str) and recorded not in _poetry_hashes(document):
        everything = {normalised(item["name"]) for item in packages}
        _refuse(file, "poetry lock", _first_missing(document, everything, pyproject_text), Origin(file, line_of(text, "content-hash")))
    return names


def _poetry_hashes(document: Mapping[str, Any]) -> frozenset[str]:
    """The content hashes of poetry 1.x, 2.0 and later: which tables count has changed twice."""
    poetry = mapping(mapping(document.get("tool")).get("poetry"))
    project = mapping(document.get("project"))
    groups = mapping(document.get("dependency-groups"))
    relevant = {key: project[key] for key in ("requires-python", "dependencies", "optional-dependencies") if key in project}
    legacy = ("dependencies", "source", "extras", "dev-dependencies")
    old = {key: poetry.get(key) for key in (*legacy, "group") if key in legacy or poetry.get(key) is not None}
    shapes: list[object] = [old, {key: value for key, value in old.items() if key != "dev-dependencies" or value is not None}]
    if relevant or groups:
        new = {key: poetry[key] for key in (*legacy, "group") if poetry.get(key) is not None}
        shapes += [
            {"project": relevant, "tool": {"poetry": new}},
            {"project": relevant, "tool": {"poetry": new}, "dependency-groups": groups},
            {"project": relevant, "tool": {"poetry": old}},
        ]
    return frozenset(_sha256(json.dumps(shape, sort_keys=True, default=str)) for shape in shapes)


def pdm_names(text: str, file: str, document: Mapping[str, Any], pyproject_text: str) -> frozenset[str]:
    """The names that pdm.lock has for a run. Raises UserError when it was made for another pyproject.toml."""
    lock = toml_file.parse(_HASHES.sub("", text), file)
    packages = [item for item in lock.get("package", []) if isinstance(item, dict) and isinstance(item.get("name"), str)]
    recorded = mapping(lock.get("metadata")).get("content_hash")
    if isinstance(recorded, str) and recorded not in _pdm_hashes(document):
        everything = {normalised(item["name"]) for item in packages}
        _refuse(file, "pdm lock", _first_missing(document, everything, pyproject_text), Origin(file, line_of(text, "content_hash")))
    return frozenset(normalised(item["name"]) for item in packages if "default" in item.get("groups", ["default"]))


def _pdm_hashes(document: Mapping[str, Any]) -> frozenset[str]:
    """The content hashes of pdm 2.0 and later: `overrides` became `resolution`, and dependency groups joined."""
    project, settings = mapping(document.get("project")), mapping(mapping(document.get("tool")).get("pdm"))
    development = {name: list(lines) for name, lines in mapping(settings.get("dev-dependencies")).items()}
    groups = {normalised(name): [item for item in lines if isinstance(item, str)] for name, lines in mapping(document.get("dependency-groups")).items()}
    for name, lines in development.items():
        groups[normalised(name)] = groups.get(normalised(name), []) + lines
    resolution = mapping(settings.get("resolution"))
    common = {
        "sources": settings.get("source", []),
        "dependencies": project.get("dependencies", []),
        "optional-dependencies": project.get("optional-dependencies", {}),
        "requires-python": project.get("requires-python", ""),
    }
    overrides = settings.get("overrides", resolution.get("overrides", {}))
    shapes = [
        common | {"dev-dependencies": kind} | last for kind in (groups, development) for last in ({"resolution": dict(resolution)}, {"overrides": overrides})
    ]
    return frozenset("sha256:" + _sha256(json.dumps(shape, sort_keys=True, default=str)) for shape in shapes)


def pipfile_names(text: str, file: str, pipfile: str | None) -> frozenset[str]:
    """The names that Pipfile.lock has for a run. Raises UserError when it was made for another Pipfile."""
    try:
        lock = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"{file} is not valid JSON: {error.msg}", where=Origin(file, error.lineno), fix="pipenv lock") from None
    meta = mapping(mapping(lock).get("_meta"))
    default = mapping(mapping(lock).get("default"))
    recorded = mapping(meta.get("hash")).get("sha256")
    if pipfile is not None and isinstance(recorded, str):
        document = toml_file.parse(pipfile, "Pipfile")
        if recorded != _pipfile_hash(document, meta.get("sources")):
            everything = {normalised(name) for name in (*default, *mapping(lock.get("develop")))}
            missing = next((name for name in mapping(document.get("packages")) if normalised(name) not in everything), None)
            where = Origin("Pipfile", toml_file.line_of_key(pipfile, ("packages", missing))) if missing else Origin(file, line_of(text, '"hash"'))
            _refuse(file, "pipenv lock", (missing, where) if missing else None, where, source="Pipfile")
    return frozenset(normalised(name) for name in default)


def _pipfile_hash(document: Mapping[str, Any], sources: object) -> str:
    # A Pipfile without a source means Pipenv's own default, which the lock has written down.
    shape: dict[str, object] = {
        "_meta": {
            "sources": document.get("source", sources),
            "requires": document.get("requires", {}),
        },
        "default": document.get("packages", {}),
        "develop": document.get("dev-packages", {}),
    }
    known = ("source", "requires", "packages", "dev-packages", "scripts", "pipfile", "pipenv", "build-system")
    shape |= {name: value for name, value in document.items() if name not in known}
    return _sha256(json.dumps(shape, sort_keys=True, separators=(",", ":"), default=str))


def pylock_names(text: str, file: str) -> frozenset[str]:
    """The names in a pylock.toml (PEP 751). Raises UserError when it is not one."""
    lock = toml_file.parse(text, file)
    if not isinstance(lock.get("lock-version"), str):
        raise UserError(f"{file} has no `lock-version`", where=Origin(file, 1), fix=f"uv export --format pylock.toml -o {file}")
    packages = lock.get("packages", [])
    return frozenset(normalised(item["name"]) for item in packages if isinstance(item, dict) and isinstance(item.get("name"), str))


def _first_missing(document: Mapping[str, Any], locked: set[str], text: str) -> tuple[str, Origin] | None:
    named = [(line, name_of_requirement(line)) for line in strings(mapping(document.get("project")).get("dependencies"))]
    named += [(key, normalised(key)) for key in mapping(mapping(mapping(document.get("tool")).get("poetry")).get("dependencies")) if key != "python"]
    for written, name in named:
        if name is not None and name not in locked:
            return written, Origin("pyproject.toml", line_of(text, written))
    return None


def _refuse(file: str, fix: str, missing: tuple[str | None, Origin] | None, where: Origin, *, source: str = "pyproject.toml") -> None:
    if missing:
        raise UserError(f"{file} is out of date: it does not know `{missing[0]}` of {source}", where=missing[1], fix=fix)
    raise UserError(f"{file} is out of date: {source} changed its dependencies after it was made", where=where, fix=fix)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
