"""Which bytecode was compiled of which source."""

import posixpath
from collections import defaultdict

from paredown.tree import Tree


def bytecode_of(tree: Tree) -> dict[str, list[str]]:
    """Path of a source, there or not -> what was compiled of it into `__pycache__`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in tree:
        folder, name = posixpath.split(path)
        if name.endswith(".pyc") and posixpath.basename(folder) == "__pycache__":
            found[posixpath.join(posixpath.dirname(folder), name.partition(".")[0] + ".py")].append(path)
    return found
