"""Which member of a uv workspace is meant: the project's folder, or the one that the settings name."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paredown import toml_file
from paredown.errors import UserError
from paredown.frontends import uv_lock
from paredown.frontends.project_files import ProjectFiles
from paredown.frontends.pyproject import mapping, normalised
from paredown.frontends.settings import Settings
from paredown.frontends.uv_lock import Block, UvLock
from paredown.origin import Origin

_HIGHEST = 8  # folders above the project in which a workspace's root is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The project within its lock. `folder` is relative to the project; `package` is its name when the lock has several members."""

    folder: str = "."
    lock: UvLock | None = None
    block: Block | None = None
    package: str | None = None


def find(files: ProjectFiles, settings: Settings, document: Mapping[str, Any]) -> Member:
    """The member. Raises UserError when the settings name an unknown one, or when a bare workspace root is to be built."""
    found = _lock(files, document)
    if found is None:
        if settings.package is not None:
            raise UserError(
                f"`package` names `{settings.package}`, but there is no uv.lock", where=settings.origin("package"), fix="uv lock, or remove `package`"
            )
        return Member()
    lock, here = found
    members = lock.members()
    names = [block.name for block in members]
    if settings.package is not None:
        wanted = normalised(settings.package)
        block = next((item for item in members if item.name == wanted), None)
        if block is None:
            close = difflib.get_close_matches(wanted, names, n=1) or names[:1]
            raise UserError(
                f"`package` names `{settings.package}`, which is no member of the workspace",
                where=settings.origin("package"),
                fix=f'write package = "{close[0]}"' if close else "uv lock",
            )
        root = os.path.normpath(os.path.join(os.path.dirname(lock.file) or ".", block.folder or "."))
        return Member(folder=root, lock=lock, block=block, package=wanted)
    own = [item for item in members if os.path.normpath(item.folder or ".") == here]
    name = mapping(document.get("project")).get("name")
    block = next((item for item in own if isinstance(name, str) and item.name == normalised(name)), None)
    if block is None and not document.get("project") and len(members) > 0:
        raise UserError(
            "the folder is the root of a workspace, not a service",
            where=Origin("pyproject.toml"),
            fix="build one member's folder, or write one of\n" + "\n".join(settings.line(f'package = "{item}"') for item in sorted(names)),
        )
    return Member(lock=lock, block=block, package=block.name if block and len(members) > 1 else None)


def _lock(files: ProjectFiles, document: Mapping[str, Any]) -> tuple[UvLock, str] | None:
    """The lock beside the project or at the root of the workspace above it, and the project's folder as that lock spells it."""
    text = files.text("uv.lock")
    if text is not None:
        return uv_lock.parse(text, "uv.lock"), "."
    if not mapping(document.get("project")):
        return None
    folder, above = files.root, ".."
    for _ in range(_HIGHEST):
        if (folder / ".git").exists() or folder.parent == folder:
            return None
        folder = folder.parent
        manifest = files.text(f"{above}/pyproject.toml")
        if manifest is not None and "[tool.uv.workspace" in manifest and (text := files.text(f"{above}/uv.lock")) is not None:
            toml_file.parse(manifest, f"{above}/pyproject.toml")
            lock = uv_lock.parse(text, f"{above}/uv.lock")
            inner = files.root.relative_to(folder).as_posix()
            return (lock, inner) if any(block.folder == inner for block in lock.members()) else None
        above = f"{above}/.."
    return None
