"""Who brought each path of a finished image: its package databases and the metadata of its distributions tell."""

import re
from dataclasses import replace

from paredown.packages.installed import installed
from paredown.plan import PAREDOWN_FOLDER
from paredown.pydist.distributions import distributions, site_folders
from paredown.tree import PAREDOWN, UNKNOWN, Owner, OwnerKind, Tree

_PYTHON_PACKAGE = re.compile(r"(lib)?python3(\.\d+)?(-\w+)*(-stdlib|-minimal|-full)?t?\d*")
_OWN_PYTHON = re.compile(
    r"usr/local/(lib/(libpython3[^/]*|python3\.\d+(/(?!site-packages/).*)?|pkgconfig/python-?3.*)|bin/(python|pydoc|idle)[^/]*|include/python3\..*)"
)


def attribute(tree: Tree) -> Tree:
    """`tree` with owners: dpkg's and apk's packages, the interpreter under /usr/local, distributions by their RECORD; the rest stays."""
    owners: dict[str, Owner] = {}
    for package in installed(tree):
        owner = _package(package.name, package.version)
        owners.update(dict.fromkeys(package.files, owner))
    version = _own_version(tree)
    for path in tree:
        if version and _OWN_PYTHON.fullmatch(path):
            owners[path] = Owner(OwnerKind.INTERPRETER, "python", version)
        elif f"/{path}/".startswith(f"{PAREDOWN_FOLDER}/"):
            owners[path] = PAREDOWN
    for found in distributions(tree, site_folders(tree)):
        # Debian's own Python packages are packages first: dpkg knows them better.
        for path in found.files:
            if owners.get(path, UNKNOWN).kind in (OwnerKind.UNKNOWN, OwnerKind.DISTRIBUTION) or owners[path].name == "python":
                owners[path] = Owner(OwnerKind.DISTRIBUTION, found.name, found.version)
    _with_bytecode(tree, owners)
    return Tree({path: replace(entry, owner=owners[path]) if path in owners else entry for path, entry in tree.items()})


def _package(name: str, version: str) -> Owner:
    kind = OwnerKind.INTERPRETER if _PYTHON_PACKAGE.fullmatch(name) else OwnerKind.BASE
    return Owner(kind, name, version)


def _own_version(tree: Tree) -> str:
    for path in tree:
        found = re.fullmatch(r"usr/local/lib/python(3\.\d+)/os\.py", path)
        if found:
            exact = re.search(r"^#define PY_VERSION\s+\"([^\"]+)\"", _text(tree, f"usr/local/include/python{found[1]}/patchlevel.h"), re.MULTILINE)
            return exact[1] if exact else found[1]
    return ""


def _with_bytecode(tree: Tree, owners: dict[str, Owner]) -> None:
    for path in tree:
        folder, slash, name = path.rpartition("/__pycache__/")
        if slash and path not in owners:
            source = f"{folder}/{name.partition('.')[0]}.py"
            if source in owners:
                owners[path] = owners[source]


def _text(tree: Tree, path: str) -> str:
    try:
        return tree.read(path).decode("utf-8", "replace")
    except (KeyError, ValueError):
        return ""
