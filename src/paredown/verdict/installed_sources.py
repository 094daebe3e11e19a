"""What an image need not hold once a distribution is installed: its sources, what describes it, its tests, what building it left."""

import posixpath
import re
from collections.abc import Iterator

from paredown.probes.app_files import BUILT, app_folders
from paredown.probes.installed import import_folders
from paredown.probes.interface import Image
from paredown.result import Removal
from paredown.tree import Entry, Kind, OwnerKind

INSTALLED = "installed"  # stands where else a trim stands
TESTS = re.compile(r"(?:^|/)(?:tests?/|test_[^/]*$|conftest\.py$)")
_DESCRIPTION = re.compile(
    r"(?:pyproject\.toml|setup\.(?:py|cfg)|MANIFEST\.in|requirements[^/]*\.txt|[\w.-]+\.lock|(?:README|LICEN[CS]E|COPYING|CHANGELOG|CHANGES|NOTICE)[^/]*)"
)
_COMPILED = re.compile(r".*\.(?:c|cc|cpp|cxx|h|hpp|pyx|pxd|po|pot)")
_WORD = re.compile(r"[\w-]+")


def installed_sources(before: Image, after: Image, words: frozenset[str]) -> Iterator[Removal]:
    """Of the app's files before: those that the image after has, byte for byte, in a distribution, and with them what only building needed.

    What a file describes or is compiled to is no reason where the app's code may read it: `words` are all that this code is made of.
    """
    folders = app_folders(before)
    there = {(path, entry.digest) for site in import_folders(after) for path, entry in _below(site, after)}
    lost = {
        path: path.removeprefix(f"{folder}/")
        for folder in folders
        for path, entry in before.tree.under(folder)
        if entry.kind is Kind.FILE and entry.owner.kind is not OwnerKind.DISTRIBUTION and path not in after.tree
    }
    copied = {path for path, key in lost.items() if any((end, before.tree[path].digest) in there for end in _ends(key))}
    if not any(path.endswith(".py") and before.tree[path].size for path in copied):
        return
    for path, key in lost.items():
        reason = "its copy in an installed distribution is what the service uses" if path in copied else _of_building(key, words)
        if reason:
            entry = before.tree[path]
            yield Removal(path=path, size=entry.size, trim=INSTALLED, reason=reason, owner=entry.owner)


def _below(folder: str, image: Image) -> Iterator[tuple[str, Entry]]:
    """The installed files of a folder that distributions are imported from, by their paths in it."""
    for path, entry in image.tree.under(folder):
        if entry.owner.kind is OwnerKind.DISTRIBUTION:
            yield path.removeprefix(f"{folder}/"), entry


def _ends(key: str) -> Iterator[str]:
    """`src/shop/a.py`, `shop/a.py`, `a.py`: where a file of the sources may have come to."""
    parts = key.split("/")
    yield from ("/".join(parts[start:]) for start in range(len(parts)))


def _of_building(key: str, words: frozenset[str]) -> str:
    if BUILT.match(key):
        return "building the distribution left it"
    if TESTS.search(key):
        return "a test, which the service does not run"
    if set(_WORD.findall(posixpath.basename(key))) <= words:
        return ""
    if _COMPILED.fullmatch(key):
        return "the installed distribution has what it was compiled to"
    return "it describes the distribution that is installed" if _DESCRIPTION.fullmatch(key) else ""
