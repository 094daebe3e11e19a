"""Who brought each path of a finished image: its package databases and the metadata of its distributions tell."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from paredown.plan import PAREDOWN_FOLDER
from paredown.pydist.distributions import distributions, site_folders
from paredown.tree import PAREDOWN, UNKNOWN, Kind, Owner, OwnerKind, Tree

_DPKG = "var/lib/dpkg"
_APK = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
_PYTHON_PACKAGE = re.compile(r"(lib)?python3(\.\d+)?(-\w+)*(-stdlib|-minimal|-full)?t?\d*")
_OWN_PYTHON = re.compile(
    r"usr/local/(lib/(libpython3[^/]*|python3\.\d+(/(?!site-packages/).*)?|pkgconfig/python-?3.*)|bin/(python|pydoc|idle)[^/]*|include/python3\..*)"
)


def attribute(tree: Tree) -> Tree:
    """`tree` with owners: dpkg's and apk's packages, the interpreter under /usr/local, distributions by their RECORD; the rest stays."""
    owners: dict[str, Owner] = {}
    for owner, paths in _system_packages(tree):
        for path in paths:
            owners[_as_in_tree(tree, path)] = owner
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


def _system_packages(tree: Tree) -> Iterator[tuple[Owner, Iterable[str]]]:
    versions = _dpkg_versions(_text(tree, f"{_DPKG}/status"))
    for path, entry in tree.under(f"{_DPKG}/info"):
        if path.endswith(".list") and entry.kind is Kind.FILE:
            name = posixpath.basename(path).removesuffix(".list").partition(":")[0]
            yield _package(name, versions.get(name, "")), _text(tree, path).splitlines()
    for path, entry in tree.under(f"{_DPKG}/status.d"):
        # As distroless has it: the control file, and beside it the md5sums that name the files.
        if entry.kind is not Kind.FILE or path.endswith((".md5sums", ".preinst", ".postinst", ".prerm", ".postrm")):
            continue
        for name, version in _dpkg_versions(_text(tree, path)).items():
            lines = _text(tree, f"{path}.md5sums").splitlines()
            yield _package(name, version), [path, f"{path}.md5sums", *(line[34:] for line in lines)]
    for database in _APK:
        yield from _apk_packages(_text(tree, database))


def _package(name: str, version: str) -> Owner:
    kind = OwnerKind.INTERPRETER if _PYTHON_PACKAGE.fullmatch(name) else OwnerKind.BASE
    return Owner(kind, name, version)


def _dpkg_versions(status: str) -> dict[str, str]:
    versions: dict[str, str] = {}
    for paragraph in status.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and not line.startswith((" ", "\t")))
        if "Package" in fields:
            versions[fields["Package"].strip()] = fields.get("Version", "").strip()
    return versions


def _apk_packages(database: str) -> Iterator[tuple[Owner, Iterable[str]]]:
    for paragraph in database.split("\n\n"):
        name = version = folder = ""
        paths: list[str] = []
        for line in paragraph.splitlines():
            match line[:2]:
                case "P:":
                    name = line[2:]
                case "V:":
                    version = line[2:]
                case "F:":
                    folder = line[2:]
                    paths.append(folder)
                case "R:":
                    paths.append(f"{folder}/{line[2:]}" if folder else line[2:])
        if name:
            yield _package(name, version), paths


def _as_in_tree(tree: Tree, path: str) -> str:
    """A package's path where the image has it: `/lib/x` of a package lies in `usr/lib/x` when /lib is a link."""
    path = posixpath.normpath(path.strip().lstrip("/"))
    if path in tree:
        return path
    folder, _, name = path.rpartition("/")
    found = tree.resolve(folder) if folder else None
    return f"{found}/{name}" if found else path


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
