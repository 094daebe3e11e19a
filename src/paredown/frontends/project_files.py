"""The project's files as front ends see them: only inside of the project, never more than a bounded part of a huge one."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from paredown.errors import UserError
from paredown.origin import Origin

MOST_FOLDERS = 1_000
MOST_MODULES = 800
MOST_BYTES = 400_000  # of a Python file that is looked into; a longer one is data or generated
DEEPEST = 6

# Folders that hold no part of the service's own code.
_SKIPPED = frozenset((
    "venv", "env", "virtualenv", "node_modules", "bower_components", "__pycache__", "site-packages", "build", "dist", "htmlcov", "wheels", "test",
    "tests", "testing", "doc", "docs", "example", "examples", "benchmark", "benchmarks", "migrations", "versions", "locale", "static", "media",
    "fixtures",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """The project folder. Paths are relative to it, with `/`. Texts are read once."""

    root: Path
    _texts: dict[str, str | None] = field(default_factory=dict)
    _listings: dict[str, "Listing"] = field(default_factory=dict)

    def text(self, path: str) -> str | None:
        """The file's text (bytes that are not UTF-8 replaced), or None when there is no such file."""
        if path not in self._texts:
            self._texts[path] = _read(self.root / path)
        return self._texts[path]

    def exists(self, path: str) -> bool:
        return (self.root / path).exists()

    def is_folder(self, path: str) -> bool:
        return (self.root / path).is_dir()

    def names(self, folder: str = ".") -> tuple[str, ...]:
        """The sorted names in `folder`; () when there is none."""
        try:
            return tuple(sorted(os.listdir(self.root / folder)))
        except OSError:
            return ()

    def modules(self, folder: str = ".") -> "Listing":
        """The Python files below `folder` that may be the service's own."""
        if folder not in self._listings:
            self._listings[folder] = _list_modules(self.root, folder)
        return self._listings[folder]


@dataclass(frozen=True, slots=True)
class Listing:
    """Python files, shallow ones first, then by name. `partial` when the project is larger than what is looked at."""

    paths: tuple[str, ...]
    partial: bool


def inside(value: str, *, what: str, where: Origin) -> str:
    """`value` as a normal path relative to the project. Raises UserError when it is absolute or would leave the project."""
    path = os.path.normpath(value)
    if os.path.isabs(value) or path == ".." or path.startswith("../"):
        raise UserError(f"{what} `{value}` lies outside of the project", where=where, fix="name a path inside of the project, relative to its folder")
    return path


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except PermissionError:
        raise UserError(f"{path.name} may not be read", where=str(path), fix=f"chmod u+r {path}") from None


def _list_modules(root: Path, folder: str) -> Listing:
    """Breadth first, so that a bound cuts off the deepest. Links are not followed: they could lead out or in circles."""
    found: list[str] = []
    level = [folder]
    folders = 0
    for _ in range(DEEPEST):
        below: list[str] = []
        for name in level:
            folders += 1
            if folders > MOST_FOLDERS or len(found) > MOST_MODULES:
                return Listing(tuple(found[:MOST_MODULES]), partial=True)
            files, inner = _look_into(root, name)
            found += files
            below += inner
        level = below
        if not level:
            break
    return Listing(tuple(found[:MOST_MODULES]), partial=len(found) > MOST_MODULES)


def _look_into(root: Path, folder: str) -> tuple[list[str], list[str]]:
    files: list[str] = []
    folders: list[str] = []
    prefix = "" if folder == "." else f"{folder}/"
    try:
        with os.scandir(root / folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.name.endswith(".py"):
                    if entry.is_file(follow_symlinks=False) and not _is_test(entry.name):
                        files.append(prefix + entry.name)
                elif entry.is_dir(follow_symlinks=False) and entry.name.lower() not in _SKIPPED and not entry.name.endswith(".egg-info"):
                    folders.append(prefix + entry.name)
    except OSError:
        return [], []
    if folder != "." and (root / folder / "pyvenv.cfg").exists():
        return [], []
    return sorted(files), sorted(folders)


def _is_test(name: str) -> bool:
    return name.startswith("test_") or name.endswith("_test.py") or name in ("conftest.py", "noxfile.py", "setup.py", "tasks.py")
