"""Puts the app's files into a Tree: those that git would ship, less .dockerignore, never a secret."""

import fnmatch
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from paredown import credentials
from paredown.composers.ignored import GitRules, Patterns, patterns, work_tree
from paredown.dockerfile.ignore_file import DockerRules, docker_rules
from paredown.errors import UserError
from paredown.lock import FILE_NAME
from paredown.origin import Origin
from paredown.plan import CopyFiles
from paredown.tree import APP, Entry, Kind, Slice, Tree, folder_of, inside

# Never part of a service, whether git ignores them or not.
_FOLDERS = frozenset({
    ".git", ".hg", ".svn", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".tox", ".nox", ".hypothesis", ".ipynb_checkpoints",
    ".eggs", ".pytype",
})  # fmt: skip
_FILES = ("*.pyc", "*.pyo", ".DS_Store", ".coverage", ".coverage.*", ".git")
_ROOT_FILES = (
    "Dockerfile", "Dockerfile.*", "*.Dockerfile", "*.dockerfile", "Containerfile", "Containerfile.*", ".dockerignore", "*.dockerignore",
    FILE_NAME, f".*.{FILE_NAME}",
)  # fmt: skip
_ARCHIVE_STARTS = (b"oci-layout\0", b"blobs/", b"index.json\0")
_MOST_NAMED = 10
_CHUNK = 1 << 20


def compose(step: CopyFiles, project: Path) -> Tree:
    """The files of `step`, owned by root and writable by nobody else: 0755 what its owner may execute, else 0644.

    UserError for secrets, links that leave the project, files that cannot be read, devices and sockets, and for nothing to ship.
    """
    source = _source(step, project)
    destination = inside(step.destination)
    if source.is_file():
        return Tree({f"{destination}/{source.name}": _file(source, source.name)}).with_parents()
    walk = _Walk.of(step, project, source)
    entries: dict[str, Entry] = {}
    found: list[credentials.Secret] = []
    allowed = patterns(step.allow_secrets, step.origin)
    for name, item in walk.shipped():
        path = f"{destination}/{name}" if destination else name
        if item.is_symlink():
            entries[path] = _link(source, name)
            continue
        entry, content = _read(item, name)
        entries[path] = entry
        in_project = walk.docker_prefix + name  # as the user writes it in .dockerignore and `allow-secrets`
        if not (step.allow_secrets and allowed.match(in_project)):
            named = credentials.by_name(in_project)
            found.extend([named] if named else credentials.by_content(in_project, content))
    if found:
        raise _refused(found)
    if not entries:
        ignored = f"; {walk.left_out} are ignored by .gitignore, .dockerignore or `exclude`" if walk.left_out else ""
        raise UserError(
            f"no file of {_shown(str(source))} would be in the image{ignored}",
            where=step.origin,
            fix="build in the folder that holds the service, or write which ignored files ship: `include = [...]`",
        )
    tree = Tree(entries).with_parents()
    return tree if not destination else tree.over(Tree({destination: folder_of(owner=APP)}))


def _source(step: CopyFiles, project: Path) -> Path:
    source = Path(os.path.normpath(project / step.source))
    if not source.is_relative_to(os.path.normpath(project)):
        raise UserError(f"{step.source} lies outside of the project", where=step.origin, fix="name a folder of the project")
    if not source.exists():
        raise UserError(f"{step.source} does not exist", where=step.origin, fix=f"name a folder of {project}")
    return source


def _refused(found: list[credentials.Secret]) -> UserError:
    shown = ", ".join(_shown(str(secret)) for secret in found[:_MOST_NAMED]) + (f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else "")
    names = sorted({_shown(secret.path) for secret in found})[:_MOST_NAMED]
    first = found[0]
    return UserError(
        f"secrets would be in the image: {shown}",
        where=Origin(_shown(first.path), first.line),
        fix="add to .dockerignore (the service gets them as environment variables or mounted files): " + " ".join(names)
        + "\nor, if they are no secrets: allow-secrets = [" + ", ".join(f'"{name}"' for name in names) + "]",
    )  # fmt: skip


@dataclass(slots=True)
class _Walk:
    """One walk over the project's folders; counts what is left out."""

    source: Path
    git: GitRules
    git_prefix: str  # of the source in its work tree
    docker: DockerRules
    docker_prefix: str  # of the source in the project
    include: Patterns
    exclude: Patterns
    include_starts: tuple[str, ...]
    tracked: frozenset[str]
    tracked_folders: frozenset[str]
    left_out: int = 0
    root_files: tuple[str, ...] = field(default=_ROOT_FILES)

    @classmethod
    def of(cls, step: CopyFiles, project: Path, source: Path) -> "_Walk":
        tree = work_tree(source)
        tracked = tree.tracked()
        relative = source.relative_to(os.path.normpath(project)).as_posix()
        return cls(
            source=source,
            git=tree.rules,
            git_prefix=tree.prefix,
            docker=docker_rules(project / ".dockerignore"),
            docker_prefix="" if relative == "." else relative + "/",
            include=patterns(step.include, step.origin),
            exclude=patterns(step.exclude, step.origin),
            include_starts=tuple(_literal_start(pattern) for pattern in step.include),
            tracked=tracked,
            tracked_folders=frozenset(path[:at] for path in tracked for at in _slashes(path)),
        )

    def shipped(self) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """(path relative to the source, the entry) of every file and link to ship, sorted within each folder."""
        yield from self._folder(str(self.source), "", self.git, ignored=False)

    def _folder(self, folder: str, name: str, git: GitRules, *, ignored: bool) -> Iterator[tuple[str, os.DirEntry[str]]]:
        try:
            with os.scandir(folder) as listing:
                items = sorted(listing, key=lambda item: item.name)
        except OSError as error:
            raise _unreadable(name or ".", error) from error
        names = {item.name for item in items}
        if name and ("pyvenv.cfg" in names or {"oci-layout", "index.json"} <= names):
            return  # a virtual environment under any name; an image that was written into the project
        if ".gitignore" in names and not ignored:
            git = git.entering(self.git_prefix + name, Path(folder, ".gitignore"))
        for item in items:
            path = name + item.name
            if item.is_dir(follow_symlinks=False):
                if item.name in _FOLDERS or item.name.endswith(".egg-info"):
                    continue
                out = ignored or self._leaves_out(path, git, folder=True)
                if not out or self._holds_included(path + "/"):
                    yield from self._folder(item.path, path + "/", git, ignored=out)
                else:
                    self.left_out += 1
            elif self._ships(path, item, git, ignored=ignored):
                yield path, item

    def _ships(self, path: str, item: os.DirEntry[str], git: GitRules, *, ignored: bool) -> bool:
        if self.include_starts and self.include.match(self.docker_prefix + path):
            return True
        own = _FILES if "/" in path or self.docker_prefix else _FILES + self.root_files
        if any(fnmatch.fnmatchcase(item.name, pattern) for pattern in own):
            return False
        if ignored or self._leaves_out(path, git, folder=False) or (self.docker.rules and self.docker.ignores(self.docker_prefix + path)):
            self.left_out += 1
            return False
        return not (path.endswith(".tar") and _is_image(item))

    def _leaves_out(self, path: str, git: GitRules, *, folder: bool) -> bool:
        tail = "/" if folder else ""
        if git.layers and git.ignores(self.git_prefix + path + tail) and path not in (self.tracked_folders if folder else self.tracked):
            return True
        if self.exclude.rules and self.exclude.match(self.docker_prefix + path + tail):
            return True
        return folder and bool(self.docker.rules) and not self.docker.brings_back and self.docker.ignores(self.docker_prefix + path)

    def _holds_included(self, folder: str) -> bool:
        whole = self.docker_prefix + folder
        return any(start.startswith(whole) or whole.startswith(start) for start in self.include_starts)


def _literal_start(pattern: str) -> str:
    # What every path that the pattern matches begins with: `/static/dist/*.js` -> `static/dist/`; empty when it may be anywhere.
    plain = pattern.lstrip("/")
    wild = min((plain.find(sign) for sign in "*?[\\" if sign in plain), default=len(plain))
    anchored = "/" in pattern.rstrip("/")
    return plain[:wild].rpartition("/")[0] + "/" if anchored and "/" in plain[:wild] else ""


def _slashes(path: str) -> Iterator[int]:
    at = path.find("/")
    while at >= 0:
        yield at
        at = path.find("/", at + 1)


def _is_image(item: os.DirEntry[str]) -> bool:
    try:
        with open(item.path, "rb") as stream:
            return stream.read(100).startswith(_ARCHIVE_STARTS)
    except OSError:
        return False


def _read(item: os.DirEntry[str], name: str) -> tuple[Entry, bytes]:
    # The entry, and the content as far as secrets are looked for in it.
    try:
        mode = item.stat(follow_symlinks=False).st_mode
        if not stat.S_ISREG(mode):
            raise UserError(
                f"{_shown(name)} is a socket, a pipe or a device, which no image can hold", where=Origin(_shown(name)), fix="add it to .dockerignore"
            )
        with open(item.path, "rb") as stream:
            first = stream.read(_CHUNK)
            state = hashlib.sha256(first)
            size = len(first)
            while more := stream.read(_CHUNK):
                state.update(more)
                size += len(more)
    except OSError as error:
        raise _unreadable(name, error) from error
    entry = Entry(
        kind=Kind.FILE,
        mode=0o755 if mode & stat.S_IXUSR else 0o644,
        size=size,
        digest="sha256:" + state.hexdigest(),
        content=Slice(os.path.abspath(item.path)),
        owner=APP,
    )
    return entry, first if size <= credentials.MOST_BYTES else b""


def _file(source: Path, name: str) -> Entry:
    with os.scandir(source.parent) as listing:
        item = next(item for item in listing if item.name == source.name)
        return _read(item, name)[0]


def _link(source: Path, name: str) -> Entry:
    target = os.readlink(source / name)
    folder = os.path.dirname(source / name)
    led_to = os.path.normpath(os.path.join(folder, target))
    really = os.path.realpath(source / name)
    if not Path(led_to).is_relative_to(source) or not Path(really).is_relative_to(os.path.realpath(source)):
        raise UserError(
            f"the link {_shown(name)} leaves the project: it leads to {_shown(target)}",
            where=Origin(_shown(name)),
            fix="copy what it leads to into the project, or add the link to .dockerignore",
        )
    relative = os.path.relpath(led_to, folder) if target.startswith("/") else target
    return Entry(kind=Kind.LINK, mode=0o777, target=relative, owner=APP)


def _unreadable(name: str, error: OSError) -> UserError:
    return UserError(f"{_shown(name)} cannot be read: {error.strerror}", where=Origin(_shown(name)), fix="make it readable, or add it to .dockerignore")


def _shown(name: str) -> str:
    # A file name may be any bytes; a message is text.
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
