"""The app's own files, by their path below the working directory: each is there, is what it was, and can be read and executed as it could."""

import posixpath
import re
from collections.abc import Iterator

from paredown.probes.installed import import_folders
from paredown.probes.interface import Image, Seen
from paredown.probes.surroundings import Account, account_of, shebang, working_directory
from paredown.result import Coverage, Observation, Skipped
from paredown.tree import Entry, Kind, OwnerKind

NAME = "app files"

_OWN = frozenset({OwnerKind.APP, OwnerKind.UNKNOWN})
_CACHES = frozenset({"__pycache__", ".git", ".hg", ".svn", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".nox", ".idea", ".vscode"})
# How the image or the package is made; of no use in the image.
_RECIPE = re.compile(
    r"(.*/)?(Dockerfile([.-][^/]*)?|[^/]*\.[Dd]ockerfile|Containerfile([.-][^/]*)?|\.(docker|container|git)ignore|\.gitattributes|\.gitmodules"
    r"|(docker-)?compose[^/]*\.ya?ml|[^/]+\.egg-info/.*|[^/]+\.pyc)"
)
BUILT = re.compile(r"build/(?:lib(?:\.[^/]+)?|bdist\.[^/]+|temp\.[^/]+)(?:/|$)")  # what setuptools leaves, below the app's folder


def observe(image: Image) -> Iterator[Seen]:
    """Caches, environments and recipes such as the Dockerfile do not count."""
    folders = app_folders(image)
    if not folders:
        yield Skipped(what=NAME, reason="the image has no working directory, and its command names no folder of the app")
        return
    account = account_of(image)
    seen: set[str] = set()
    for folder in folders:
        for path, entry in _files(folder, image):
            key = path[len(folder) + 1 :]
            if key not in seen:
                seen.add(key)
                yield Observation(probe=NAME, key=key, value=_value(entry, account, path in image.facts.elves))
    yield Coverage(what=NAME, exercised=frozenset(seen), known=frozenset(seen))


def app_folders(image: Image) -> tuple[str, ...]:
    """The working directory, PYTHONPATH, and folders of the app that the command names; none lies in another."""
    words = (*image.config.entrypoint, *image.config.command)
    pieces = [piece for word in words for piece in word.partition("=")[::2]]
    named = dict(image.config.environment).get("PYTHONPATH", "").split(":") + pieces
    candidates = [working_directory(image)]
    for place in named:
        path = image.tree.resolve(place) if place.startswith("/") else None
        if path and image.tree[path].owner.kind in _OWN:
            candidates.append(path if image.tree[path].kind is Kind.FOLDER else posixpath.dirname(path))
    folders: list[str] = []
    for path in candidates:
        if path and path not in import_folders(image) and not any(f"{path}/".startswith(f"{folder}/") for folder in folders):
            folders.append(path)
    return tuple(folders)


def environments(image: Image) -> tuple[str, ...]:
    """The folders that hold no app but what was installed for it: virtual environments and folders of distributions."""
    return (*(posixpath.dirname(path) for path in image.tree if path.endswith("/pyvenv.cfg")), *import_folders(image))


def _files(folder: str, image: Image) -> Iterator[tuple[str, Entry]]:
    others = tuple(f"{path}/" for path in environments(image))
    for path, entry in image.tree.under(folder):
        if entry.kind is Kind.FOLDER or entry.owner.kind not in _OWN or path.startswith(others):
            continue
        key = path[len(folder) + 1 :]
        if _CACHES.isdisjoint(key.split("/")) and not _RECIPE.fullmatch(key) and not BUILT.match(key):
            yield path, entry


def _value(entry: Entry, account: Account, elf: bool) -> str:
    if entry.kind is Kind.LINK:
        return f"link to {entry.target}"
    words = [entry.digest]
    if entry.executable and (elf or shebang(entry)):
        words.append("executable")
    if not account.may(entry, 4):
        words.append(f"which {account} may not read")
    return " ".join(words)
