"""The packages of which something is really there, whatever the databases say."""

import posixpath

from paredown.packages.forgetting import DOCUMENTS
from paredown.packages.installed import DPKG, Package, installed
from paredown.tree import Kind, Tree


def present(tree: Tree) -> tuple[Package, ...]:
    """Those that are installed and have a file in `tree` besides documents; one that never had files is there when its database says so."""
    return tuple(package for package in installed(tree) if not package.deinstalled and _is_left(package, tree))


def _is_left(package: Package, tree: Tree) -> bool:
    folders = {posixpath.dirname(path) for path in package.files}
    own = [path for path in package.files if path not in folders and path != package.record and not path.startswith(f"{DPKG}/")]
    own = [path for path in own if path not in tree or tree[path].kind is not Kind.FOLDER]
    counts = [path for path in own if not path.startswith(DOCUMENTS)] or own
    return not counts or any(path in tree for path in counts)
