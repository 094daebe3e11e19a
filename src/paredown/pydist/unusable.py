"""Modules that cannot be imported in an image, as what they import is nowhere in it: an optional framework's back end, a plug-in for a test runner."""

import posixpath
import re
from collections.abc import Mapping

from paredown.tree import Kind, Tree

_MISSING = re.compile(r"No module named '([^'.]+)")
_IMPORTED = (".py", ".so", ".egg", ".zip")


def unusable(tree: Tree, failing: Mapping[str, str]) -> dict[str, str]:
    """Of the modules `failing`, each with what Python said, those that want a module of which `tree` holds none: module -> the one that is missing."""
    wanted = {module: found[1] for module, complaint in failing.items() if (found := _MISSING.search(complaint))}
    there = _at_hand(tree, frozenset(wanted.values()))
    return {module: name for module, name in wanted.items() if name not in there}


def _at_hand(tree: Tree, names: frozenset[str]) -> set[str]:
    """Those of `names` that some folder put on the import path could give; what lies in a package is imported as a part of it, but for vendored ones."""
    found = set()
    for path, entry in tree.items():
        name = posixpath.basename(path).partition(".")[0]
        if name in names and (entry.kind is Kind.FOLDER or path.endswith(_IMPORTED)) and ("vendor" in path or not _is_in_a_package(path, tree)):
            found.add(name)
    return found


def _is_in_a_package(path: str, tree: Tree) -> bool:
    while path := posixpath.dirname(path):
        if f"{path}/__init__.py" in tree:
            return True
    return False
