"""Modules that Python cannot or will not import in an image: the back end for a framework that is not there, a source beside its compiled form."""

import posixpath
import re
from collections.abc import Mapping

from paredown.tree import Kind, Tree

_MISSING = re.compile(r"No module named '([^'.]+)")
_IMPORTED = (".py", ".so")


def unusable(tree: Tree, failing: Mapping[str, str]) -> dict[str, str]:
    """Of the modules `failing`, each with what Python said, those that want a module of which `tree` holds none: module -> the one that is missing."""
    wanted = {module: found[1] for module, complaint in failing.items() if (found := _MISSING.search(complaint))}
    there = _at_hand(tree, frozenset(wanted.values()))
    return {module: name for module, name in wanted.items() if name not in there}


def shadowed(modules: Mapping[str, list[str]], python: str) -> set[str]:
    """Sources beside the same module in compiled form, which is what Python takes: as Cython and mypyc leave them. `modules` are names with their paths."""
    compiled = re.compile(rf"(?:\.cpython-{python.replace('.', '')}-[\w-]+|\.abi3)?\.so")
    found = set()
    for paths in modules.values():
        for source in paths if len(paths) > 1 else ():
            stem = source.removesuffix(".py")
            if stem != source and any(path.startswith(stem) and compiled.fullmatch(path, len(stem)) for path in paths):
                found.add(source)
    return found


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
