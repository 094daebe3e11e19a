"""Who brought each path of a finished image: its package databases and the metadata of its distributions tell."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from paredown.composers import import_messages
from paredown.packages.installed import Package, installed
from paredown.plan import PAREDOWN_FOLDER
from paredown.pydist.distributions import distributions, site_folders
from paredown.tree import PAREDOWN, UNKNOWN, Owner, OwnerKind, Tree

_PYTHON_PACKAGE = re.compile(r"(lib)?python3(\.\d+)?(-\w+)*(-stdlib|-minimal|-full)?t?\d*")
_OF_CONDA = re.compile(r"(?P<prefix>.+?)/(?:pkgs|conda-meta)/.+")  # what conda keeps beside an environment's packages
_LIBRARY = re.compile(r"(?:(?P<prefix>.+)/)?lib/python(?P<version>3\.\d+)t?/os\.py")
_OWN_PYTHON = re.compile(r"lib/(libpython3[^/]*|python3\.\d+t?(/(?!site-packages/).*)?|pkgconfig/python-?3.*)|bin/(python|pydoc|idle)[^/]*|include/python3\..*")


def attribute(tree: Tree) -> Tree:
    """`tree` with owners: packages of dpkg, apk and conda, interpreters that no package brought, distributions by their RECORD; the rest stays."""
    owners: dict[str, Owner] = {}
    of_conda: set[str] = set()
    for package in installed(tree):
        owners.update(dict.fromkeys(package.files, _package(package)))
        of_conda.update(package.files if package.prefix else ())
    for prefix, version in _interpreters(tree, owners):
        for path, _ in tree.under(prefix):
            if path not in owners and _OWN_PYTHON.fullmatch(path.removeprefix(f"{prefix}/")):
                owners[path] = Owner(OwnerKind.INTERPRETER, "python", version)
    for path in tree:
        if f"/{path}/".startswith(f"{PAREDOWN_FOLDER}/") or posixpath.basename(path) == import_messages.HOOK:
            owners[path] = PAREDOWN
        elif path not in owners and (beside := _OF_CONDA.fullmatch(path)) and f"{beside['prefix']}/conda-meta/history" in tree:
            owners[path] = Owner(OwnerKind.BASE, f"conda (/{beside['prefix']})")
    for found in distributions(tree, site_folders(tree)):
        # Debian's own Python packages are packages first: dpkg knows them better. To conda a distribution is one more package.
        for path in found.files:
            if path in of_conda or owners.get(path, UNKNOWN).kind in (OwnerKind.UNKNOWN, OwnerKind.DISTRIBUTION) or owners[path].name == "python":
                owners[path] = Owner(OwnerKind.DISTRIBUTION, found.name, found.version)
    _with_bytecode(tree, owners)
    return Tree({path: replace(entry, owner=owners[path]) if path in owners else entry for path, entry in tree.items()})


def _package(package: Package) -> Owner:
    is_python = _PYTHON_PACKAGE.fullmatch(package.name) or (package.prefix and package.plain == "python")
    return Owner(OwnerKind.INTERPRETER if is_python else OwnerKind.BASE, package.name, package.version)


def _interpreters(tree: Tree, owners: Mapping[str, Owner]) -> Iterator[tuple[str, str]]:
    """Folder and version of each that no package brought: the official images' /usr/local, what uv or pyenv installed."""
    for path in tree:
        if path.endswith("/os.py") and path not in owners and (found := _LIBRARY.fullmatch(path)) and (prefix := found["prefix"]):
            header = _text(tree, posixpath.join(prefix, f"include/python{found['version']}/patchlevel.h"))
            exact = re.search(r"^#define PY_VERSION\s+\"([^\"]+)\"", header, re.MULTILINE)
            yield prefix, exact[1] if exact else found["version"]


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
