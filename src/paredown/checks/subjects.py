"""What a check looks at: Dockerfiles, compose files, ignore files and images, by the paths that a user gives."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from paredown.composers.git_index import git_folder
from paredown.composers.ignored import GitRules, work_tree
from paredown.errors import ParedownError, UserError

_DOCKERFILE = re.compile(r"(?:Dockerfile|Containerfile)(?:[.-].+)?|.+\.(?:Dockerfile|Containerfile)", re.IGNORECASE)
_COMPOSE = re.compile(r"(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml", re.IGNORECASE)
_IGNORE_FILE = re.compile(r"(?:.*\.)?\.?(?:docker|container)ignore")
# `Dockerfile.` with one of these is a template, a text about it or a leftover.
_NO_DOCKERFILE = re.compile(
    r".*(?:\.(?:md|rst|txt|html|j2|jinja2?|tmpl|tpl|template|mustache|erb|m4|in|bak|orig|rej|swp|ya?ml|json|toml|lock|py|sh|ps1|go|js|ts)|~)", re.IGNORECASE
)
_SKIPPED = frozenset({".git", ".hg", ".svn", ".jj", "node_modules", ".venv", "__pycache__", ".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
_ARCHIVE = re.compile(r".*\.(?:tar|tar\.gz|tgz|tar\.zst)", re.IGNORECASE)


class Kind(StrEnum):
    """What a subject is."""

    DOCKERFILE = "dockerfile"
    COMPOSE = "compose"
    IGNORE_FILE = "ignore file"
    IMAGE = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A thing to check: its name for people, and where it lies (nowhere when it is the reference of an image). Mended is only what lies below `root`."""

    name: str
    kind: Kind
    path: Path
    root: Path


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A path that cannot be looked at, and why."""

    name: str
    problem: ParedownError


def kind_of(name: str) -> Kind | None:
    """What a file of this name is; None when its name does not say."""
    if _IGNORE_FILE.fullmatch(name):
        return Kind.IGNORE_FILE
    if _COMPOSE.fullmatch(name):
        return Kind.COMPOSE
    return Kind.DOCKERFILE if _DOCKERFILE.fullmatch(name) and not _NO_DOCKERFILE.fullmatch(name) else None


def subjects(names: tuple[str, ...]) -> Iterator[Subject | Unreadable]:
    """What `names` (files, folders, images) stand for, each thing once; the current folder when there are none."""
    seen: set[Path] = set()
    for name in names or (".",):
        for found in _of(name):
            if isinstance(found, Unreadable):
                yield found
            elif (path := found.path.absolute()) not in seen:
                seen.add(path)
                yield found


def _of(name: str) -> Iterator[Subject | Unreadable]:
    path = Path(name)
    try:
        path.stat()
        if path.is_dir() and not (path / "oci-layout").is_file():
            yield from _in_folder(name, path)
        else:
            yield Subject(name=name, kind=_kind_of_file(path), path=path, root=_root(path.parent))
    except FileNotFoundError:
        if path.is_symlink():
            yield Unreadable(name, UserError(f"{name} is a link to {os.readlink(path)}, which is not there", where=name, fix="correct the link"))
        elif name.startswith(("/", ".", "~")) or name.endswith("/") or kind_of(path.name) or _ARCHIVE.fullmatch(name):
            yield Unreadable(name, UserError(f"there is no {name}", where=name, fix="check the path"))
        else:
            yield Subject(name=name, kind=Kind.IMAGE, path=path, root=path)
    except OSError as error:
        yield Unreadable(name, _unreadable(name, error))


def _unreadable(name: str, error: OSError) -> UserError:
    if isinstance(error, PermissionError):
        return UserError(f"{name} may not be read", where=name, fix=f"chmod u+r {name}")
    if isinstance(error, NotADirectoryError):
        return UserError(f"there is no {name}", where=name, fix="check the path")
    return UserError(f"{name} cannot be read: {(error.strerror or str(error)).lower()}", where=name, fix="name another file")


def content_of(subject: Subject, most: int) -> bytes:
    """The bytes of a subject's file. Raises UserError when it cannot be read, or has more than `most` bytes."""
    name = subject.name
    try:
        with subject.path.open("rb") as file:
            content = file.read(most + 1)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise _unreadable(name, error) from None
    if len(content) > most:
        what = f"{name} has {max(size, len(content)) / 1e6:.0f} MB, where {most / 1e6:.0f} MB are the most"
        raise UserError(what, where=name, fix="check the path: nobody writes a file as long as this")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UserError(f"{name} is written in UTF-16, which no engine reads", where=name, fix="save it as UTF-8")
    return content


def _kind_of_file(path: Path) -> Kind:
    if path.is_dir():
        return Kind.IMAGE
    kind = kind_of(path.name)
    return kind or (Kind.IMAGE if _ARCHIVE.fullmatch(path.name) or _is_archive(path) else Kind.DOCKERFILE)


def _is_archive(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(512) if path.is_file() else b""
    except OSError:
        return False
    return start[257:262] == b"ustar" or start.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd"))


def _root(folder: Path) -> Path:
    """The work tree around `folder`; itself when there is none."""
    real = folder.resolve()
    return (git_folder(real) or (real,))[0]


def _in_folder(name: str, folder: Path) -> Iterator[Subject | Unreadable]:
    real = folder.resolve()
    tree = work_tree(real)
    shown = "" if name in (".", "./") else name.rstrip("/") + "/" if name != "/" else "/"
    empty = True
    for found in _walk(real, shown, tree.prefix, tree.rules, _root(real)):
        empty = False
        yield found
    if empty:
        problem = UserError(f"there is no Dockerfile, Containerfile or compose file in {name} or below", where=name, fix="name a file or an image")
        yield Unreadable(name, problem)


def _walk(folder: Path, shown: str, place: str, rules: GitRules, root: Path) -> Iterator[Subject | Unreadable]:
    """Files of a folder by name, then its folders; links to folders are not followed: they could lead out or in circles."""
    rules = rules.entering(place, folder / ".gitignore")
    folders: list[str] = []
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        yield Unreadable(shown.rstrip("/"), _unreadable(shown.rstrip("/"), error))
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _SKIPPED and not rules.ignores(f"{place}{entry.name}/"):
                folders.append(entry.name)
        elif (kind := kind_of(entry.name)) and not rules.ignores(place + entry.name) and _is_file(entry):
            yield Subject(name=shown + entry.name, kind=kind, path=Path(entry.path), root=root)
    for name in folders:
        if not (folder / name / "pyvenv.cfg").exists():
            yield from _walk(folder / name, f"{shown}{name}/", f"{place}{name}/", rules, root)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # links in a circle
        return False
