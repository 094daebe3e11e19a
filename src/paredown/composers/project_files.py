"""The files of a source folder that a wheel is built from: those that its version control would ship, and all that lies in its packages."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from paredown.tree import keyed

_NEVER = frozenset({
    ".git", ".hg", ".svn", ".venv", "__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", "node_modules", ".idea", ".vscode", ".eggs",
})  # fmt: skip


def files_in(folder: Path) -> Iterator[str]:
    """The relative paths of files and links, sorted within each folder; .gitignore files hold, git itself is not needed.

    They do not hold in an unpacked source distribution, and not inside of Python packages: what is generated there (compiled style sheets,
    bundled scripts, a version file) is ignored and shipped all the same, which is the build backend's to decide.
    """
    from pathspec import GitIgnoreSpec  # noqa: PLC0415

    published = (folder / "PKG-INFO").is_file()

    def walk(inner: str, specs: list[tuple[str, GitIgnoreSpec]], packaged: bool) -> Iterator[str]:
        here = folder / inner
        ignore = here / ".gitignore"
        packaged = packaged or (inner != "" and (here / "__init__.py").is_file())
        if ignore.is_file() and not published:
            specs = [*specs, (inner, GitIgnoreSpec.from_lines(ignore.read_text("utf-8", "replace").splitlines()))]
        for entry in sorted(os.scandir(here), key=lambda entry: entry.name):
            path = f"{inner}/{entry.name}" if inner else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            # In a source distribution setuptools reads there which files are package data; elsewhere it tells of an earlier build.
            stale = entry.name.endswith(".egg-info") and not published
            if is_folder and (stale or entry.name in _NEVER or os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))):
                continue
            if entry.name.endswith(".pyc") or (_ignored(path + "/" * is_folder, specs) and not (packaged and not entry.name.startswith("."))):
                continue
            if is_folder:
                yield from walk(path, specs, packaged)
            elif entry.is_file(follow_symlinks=False) or entry.is_symlink():
                yield path

    def _ignored(path: str, specs: list[tuple[str, GitIgnoreSpec]]) -> bool:
        # The innermost file that has something to say decides, as in git.
        for base, spec in reversed(specs):
            verdict = spec.check_file(path[len(base) + 1 :] if base else path).include
            if verdict is not None:
                return bool(verdict)
        return False

    return walk("", [], False)


def digest_of_files(folder: Path) -> str:
    """`sha256:<hex>` of the names, kinds, executable bits and bytes of `files_in(folder)`."""
    return keyed(_row(folder / name, name) for name in files_in(folder))


def _row(path: Path, name: str) -> list[str | bool]:
    if path.is_symlink():
        return [name, "link", os.readlink(path)]
    with open(path, "rb") as stream:
        return [name, bool(path.stat().st_mode & 0o100), hashlib.file_digest(stream, "sha256").hexdigest()]


def copy_files(folder: Path, destination: Path) -> None:
    """Copy `files_in(folder)`; times and modes become the same on any machine, links that lead out of the folder are left out."""
    # Listed before anything is written: the cache, and the copy in it, may lie below the folder.
    names = list(files_in(folder))
    destination.mkdir(parents=True, exist_ok=True)
    root = folder.resolve()
    for name in names:
        source, target = folder / name, destination / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink() and not source.resolve().is_relative_to(root):
            continue
        if source.is_symlink():
            target.symlink_to(os.readlink(source))
            continue
        shutil.copyfile(source, target)
        target.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)
        os.utime(target, (315_532_800, 315_532_800))
