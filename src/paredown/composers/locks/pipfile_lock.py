"""Pipfile.lock: its `default` category, and those asked for as groups."""

import json
import re
from pathlib import Path
from typing import Any

from paredown.composers.locks.interface import Asked, text_at, unreadable
from paredown.composers.locks.pinned import Pinned, machines_where, pylock_of
from paredown.errors import UserError

FLOATING = True
_REMEDY = "pipenv lock"


def inputs(asked: Asked) -> tuple[Path, ...]:
    """The files that decide, as `Reader` has it."""
    return (asked.main,)


def pylock(asked: Asked) -> str:
    """The selection as a pylock, as `Reader` has it."""
    pinned, indexes = selected(asked)
    return pylock_of(asked, pinned, environment=indexes)


def selected(asked: Asked) -> tuple[list[Pinned], dict[str, str]]:
    """What of the lock to install, and which indexes uv shall ask for it."""
    try:
        table = json.loads(text_at(asked.main, asked.where))
    except ValueError as error:
        raise UserError(f"{asked.main.name} cannot be read: {error}", where=asked.where, fix=_REMEDY) from error
    if not isinstance(table, dict) or not isinstance(table.get("default"), dict):
        raise unreadable(asked.main, "default", asked.where, remedy=_REMEDY)
    pinned: dict[str, Pinned] = {}
    for group in ("default", *asked.step.groups):
        category = table.get("develop" if group == "dev" else group)
        if not isinstance(category, dict):
            known = ", ".join(sorted(set(table) - {"_meta"}))
            raise UserError(f"{asked.main.name} has no category {group!r}; it has {known}", where=asked.where, fix="take the group out of the configuration")
        for name, entry in category.items():
            found = _pinned(name, entry, asked)
            if found is not None:
                pinned.setdefault(found.name, found)
    return list(pinned.values()), _indexes(table)


def _pinned(name: str, entry: Any, asked: Asked) -> Pinned | None:
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    if not isinstance(entry, dict):
        raise unreadable(asked.main, f"default.{name}", asked.where, remedy=_REMEDY)
    machines = machines_where(str(entry.get("markers", "")), asked)
    if not machines:
        return None
    digests = frozenset(str(digest).removeprefix("sha256:") for digest in entry.get("hashes", []))
    direct = ""
    if "git" in entry:
        subdirectory = f"#subdirectory={entry['subdirectory']}" if "subdirectory" in entry else ""
        direct = f"git+{entry['git']}@{entry.get('ref', 'HEAD')}{subdirectory}"
    elif "path" in entry:
        direct = (asked.main.parent / str(entry["path"])).resolve().as_uri()
    elif "file" in entry:
        direct = str(entry["file"])
    version = str(entry.get("version", ""))
    if not direct and not re.fullmatch(r"==\S+", version):
        raise unreadable(asked.main, f"default.{name}.version", asked.where, remedy=_REMEDY)
    return Pinned(name=canonicalize_name(name), version=version.removeprefix("=="), direct=direct, digests=digests, machines=machines)


def _indexes(table: dict[str, Any]) -> dict[str, str]:
    sources = table.get("_meta", {}).get("sources", [])
    known = [source for source in sources if isinstance(source, dict) and "url" in source]
    if not known or [source.get("name") for source in known] == ["pypi"]:
        return {}  # the public index, which is uv's default too
    urls = [str(source["url"]) for source in known]
    return {"UV_DEFAULT_INDEX": urls[0], **({"UV_INDEX": " ".join(urls[1:])} if urls[1:] else {})}
