"""The Python distributions of a Tree, as their .dist-info or .egg-info say."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from paredown.pydist.facts import Distribution
from paredown.tree import Kind, Tree

INSTALLED_FILES = "installed-files.txt"  # of an .egg-info: paths relative to it
SITE_FOLDERS = ("site-packages", "dist-packages")
# What tests, checks and formats code, or publishes it; by normalised name.
DEVELOPMENT = frozenset(
    {"bandit", "black", "build", "coverage", "flake8", "hypothesis", "ipython", "isort", "jupyter", "mkdocs", "mypy", "nox", "notebook", "pre-commit"}
    | {"pylint", "pytest", "ruff", "sphinx", "tox", "twine"}
)


def site_folders(tree: Tree) -> tuple[str, ...]:
    """Every folder in which Python looks for installed distributions."""
    found = {path for path, entry in tree.items() if entry.kind is Kind.FOLDER and posixpath.basename(path) in SITE_FOLDERS}
    for path in tree:
        for name in SITE_FOLDERS:
            before, slash, _ = path.partition(f"/{name}/")
            if slash:
                found.add(f"{before}/{name}")
    return tuple(sorted(found))


def distributions(tree: Tree, site: Iterable[str]) -> tuple[Distribution, ...]:
    """What is installed in the `site` folders, by name. Metadata that cannot be read counts by its folder's name."""
    folders = frozenset(site)
    found = {}
    for path, entry in tree.items():
        parent, name = posixpath.split(path)
        if parent in folders and name.endswith(".egg-info") and entry.kind is Kind.FILE:
            found[path] = _read(tree, path, path, "")
            continue
        folder, leaf = parent, name
        if leaf not in ("METADATA", "PKG-INFO") or not folder.endswith((".dist-info", ".egg-info")) or posixpath.dirname(folder) not in folders:
            continue
        # An .egg-info without a list of what was installed may still have the one of what it was made of.
        listings = [f"{folder}/{name}" for name in (("RECORD",) if leaf == "METADATA" else (INSTALLED_FILES, "SOURCES.txt"))]
        found[folder] = _read(tree, folder, path, next((listing for listing in listings if listing in tree), ""))
    return tuple(sorted(found.values(), key=lambda d: (d.name, d.metadata)))


def normalised(name: str) -> str:
    """A distribution's name as the simple index spells it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(tree: Tree, folder: str, metadata: str, listing: str) -> Distribution:
    stem = posixpath.basename(folder).rsplit(".", 1)[0]
    guessed_name, _, guessed_version = stem.partition("-")
    fields = list(_fields(tree[metadata].read() if tree[metadata].kind is Kind.FILE else b""))
    first = dict(reversed(fields))
    files = {path for path, _ in tree.under(folder)}
    if listing in tree and tree[listing].kind is Kind.FILE:
        base = folder if listing.endswith(INSTALLED_FILES) else posixpath.dirname(folder)
        for line in tree[listing].read().decode("utf-8", "replace").splitlines():
            named = line[1:].partition('"')[0] if line.startswith('"') else line.partition(",")[0]
            path = posixpath.normpath(posixpath.join(base, named)) if not named.startswith("/") else named.lstrip("/")
            if path in tree:
                files.add(path)
    return Distribution(
        name=normalised(first.get("name") or guessed_name),
        version=first.get("version") or guessed_version.split("-")[0],
        metadata=folder,
        files=frozenset(files),
        requires=tuple(value for name, value in fields if name == "requires-dist"),
    )


def _fields(text: bytes) -> Iterator[tuple[str, str]]:
    # The headers end at the first empty line; what follows is the description, often a hundred times as long.
    for line in re.split(rb"\r?\n", text.partition(b"\n\n")[0]):
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon and name and not name[0].isspace():
            yield name.strip().lower(), value.strip()
