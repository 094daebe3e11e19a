"""What a root file system's own databases say is installed: dpkg's, dpkg's as distroless has it, apk's, and conda's of each of its environments."""

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from paredown.packages.roles import BESIDE_IN_CONDA
from paredown.tree import Kind, Tree

DPKG = "var/lib/dpkg"
APK = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
SCRIPTS = (".preinst", ".postinst", ".prerm", ".postrm")
MARK = "Paredown-Removed"  # a field of a package's paragraph: how many of its files are not in the image as it brought them
CONDA_MARK = "paredown_removed"  # the same in a record of conda
APK_MARK = "f"  # apk's own flag in a record's line `f:` for a package whose files are not whole
_SOURCE = re.compile(r"(?P<name>[^\s(]+)(?:\s*\((?P<version>[^)\s]*)\))?")  # `openssl (3.0.17-1)`
CONDA = re.compile(r"(?:(?P<prefix>.+)/)?conda-meta/[^/]+\.json")
_NAME = re.compile(r"[^\s(:\[<>=~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One installed package. `files` are paths in the Tree, folders included; `depends` are groups of names, of each of which one is needed.

    Of a conda environment `prefix` is the folder and `record` the file that tells of the package; its name has the folder behind it, as other
    environments and the system itself may have a package of that name: `openssl (/opt/conda)`.
    `source` is what it was built from, the name that advisories go by; `kind` whose package it is: `dpkg`, `apk` or `conda`.
    """

    name: str
    version: str
    files: tuple[str, ...] = ()
    depends: tuple[tuple[str, ...], ...] = ()
    provides: frozenset[str] = frozenset()
    prefix: str = ""
    record: str = ""
    kind: str = ""
    source: str = ""
    source_version: str = ""
    deinstalled: bool = False  # only its configuration stays
    marked: bool = False  # as one that lost files

    @property
    def plain(self) -> str:
        """The name alone."""
        return self.name.partition(" ")[0]


def installed(tree: Tree) -> tuple[Package, ...]:
    """All packages that the databases in `tree` name, in their order. A package without a list of files has none."""
    return (*_dpkg(tree), *_distroless(tree), *(package for database in APK for package in _apk(tree, _text(tree, database))), *_conda(tree))


def paragraphs(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The paragraphs of a control file, each as it stands and as fields; continued lines are joined by a newline."""
    for paragraph in re.split(r"\n{2,}", text.strip("\n")):
        fields: dict[str, str] = {}
        name = ""
        for line in paragraph.split("\n"):
            if line[:1] in (" ", "\t") and name:
                fields[name] += "\n" + line.strip()
            elif ":" in line:
                name, _, value = line.partition(":")
                fields[name] = value.strip()
        if "Package" in fields:
            yield paragraph, fields


def _dpkg(tree: Tree) -> Iterator[Package]:
    places = _Places(tree)
    known = {fields["Package"]: fields for _, fields in paragraphs(_text(tree, f"{DPKG}/status"))}
    listed: dict[str, list[str]] = {}
    for path, entry in tree.under(f"{DPKG}/info"):
        if path.endswith(".list") and entry.kind is Kind.FILE:
            name = posixpath.basename(path).removesuffix(".list").partition(":")[0]
            listed.setdefault(name, []).extend(_text(tree, path).splitlines())
    for name in {**known, **listed}:
        yield _of_dpkg(name, known.get(name, {}), listed.get(name, []), places)


def _distroless(tree: Tree) -> Iterator[Package]:
    """The control file of each, and beside it the md5sums that name its files."""
    places = _Places(tree)
    for path, entry in tree.under(f"{DPKG}/status.d"):
        if entry.kind is not Kind.FILE or path.endswith((".md5sums", *SCRIPTS)):
            continue
        for _, fields in paragraphs(_text(tree, path)):
            sums = f"{path}.md5sums"
            yield _of_dpkg(fields["Package"], fields, [path, sums, *(line[34:] for line in _text(tree, sums).splitlines())], places)


def _of_dpkg(name: str, fields: dict[str, str], files: list[str], places: "_Places") -> Package:
    version = fields.get("Version", "")
    source = _SOURCE.match(fields.get("Source", ""))
    return Package(
        name=name,
        version=version,
        files=places.all(files),
        depends=tuple(group for field in ("Pre-Depends", "Depends") for group in _groups(fields.get(field, ""))),
        provides=frozenset(name for group in _groups(fields.get("Provides", "")) for name in group),
        kind="dpkg",
        source=source["name"] if source else name,
        source_version=(source["version"] if source else "") or version,
        deinstalled=fields.get("Status", "").endswith(("config-files", "not-installed")),
        marked=MARK in fields,
    )


def _groups(text: str) -> Iterator[tuple[str, ...]]:
    for group in text.split(","):
        names = tuple(found[0] for one in group.split("|") if (found := _NAME.search(one)))
        if names:
            yield names


def _apk(tree: Tree, database: str) -> Iterator[Package]:
    places = _Places(tree)
    for paragraph in database.split("\n\n"):
        fields: dict[str, str] = {}
        files: list[str] = []
        folder = ""
        for line in paragraph.splitlines():
            letter, _, value = line.partition(":")
            if letter == "F":
                folder = value
                files.append(value)
            elif letter == "R":
                files.append(posixpath.join(folder, value))
            else:
                fields[letter] = value
        if "P" in fields:
            yield Package(
                name=fields["P"],
                version=fields.get("V", ""),
                files=places.all(files),
                # `!name` is a conflict; `so:libz.so.1` and `cmd:sh` are provided by name as well.
                depends=tuple((_apk_name(word),) for word in fields.get("D", "").split() if not word.startswith("!")),
                provides=frozenset(_apk_name(word) for word in fields.get("p", "").split()),
                kind="apk",
                source=fields.get("o", "") or fields["P"],
                source_version=fields.get("V", ""),
                marked=APK_MARK in fields.get("f", ""),
            )


def _apk_name(word: str) -> str:
    return re.split(r"[<>=~]", word, maxsplit=1)[0]


def _conda(tree: Tree) -> Iterator[Package]:
    """One JSON document for each package of an environment: https://conda.org/learn/ceps/cep-0032."""
    for path, entry in tree.items():
        if "conda-meta/" in path and entry.kind is Kind.FILE and (found := CONDA.fullmatch(path)):
            prefix = found["prefix"] or ""
            told = conda_record(_text(tree, path))
            if told:
                yield Package(
                    name=_in_prefix(told["name"], prefix),
                    version=str(told.get("version", "")),
                    files=tuple(dict.fromkeys((path, *(posixpath.normpath(posixpath.join(prefix, name)) for name in conda_files(told))))),
                    depends=tuple((_in_prefix(name, prefix),) for name in _names_of_specs(told.get("depends")) if name not in BESIDE_IN_CONDA),
                    prefix=prefix,
                    record=path,
                    kind="conda",
                    marked=CONDA_MARK in told,
                )


def conda_record(text: str) -> dict[str, Any]:
    """What a record of conda-meta says; nothing where it is not one."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) and isinstance(told.get("name"), str) else {}


def conda_files(told: dict[str, Any]) -> list[str]:
    """The files that a record names, relative to its environment."""
    listed = told.get("files")
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []


def _names_of_specs(specs: Any) -> Iterator[str]:
    """`conda-forge::openssl >=3.5,<4.0a0` -> `openssl`; what stands for the machine, as `__glibc`, is no package."""
    for spec in specs if isinstance(specs, list) else ():
        found = _NAME.search(spec.rpartition("::")[2]) if isinstance(spec, str) else None
        if found and not found[0].startswith("__"):
            yield found[0]


def _in_prefix(name: str, prefix: str) -> str:
    return f"{name} (/{prefix})"


def as_in_tree(tree: Tree, path: str) -> str:
    """A package's path where the image has it: `/lib/x` of a package lies in `usr/lib/x` when /lib is a link."""
    return _Places(tree).of(path)


class _Places:
    """Where the image has the paths of its packages: see as_in_tree."""

    def __init__(self, tree: Tree) -> None:
        self._there = tree.keys()
        self._resolve = cache(tree.resolve)

    def all(self, paths: list[str]) -> tuple[str, ...]:
        """Each once; the root itself is none."""
        there = self._there
        return tuple(dict.fromkeys([short if (short := path.lstrip("/")) in there else self.of(path) for path in paths if path.strip("/.")]))

    def of(self, path: str) -> str:
        path = path.strip().lstrip("/")
        if path in self._there:
            return path
        path = posixpath.normpath(path)
        folder, _, name = path.rpartition("/")
        found = self._resolve(folder) if folder and path not in self._there else None
        return f"{found}/{name}" if found else path


def _text(tree: Tree, path: str) -> str:
    try:
        return tree.read(path).decode("utf-8", "replace")
    except (KeyError, ValueError):
        return ""
