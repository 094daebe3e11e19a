"""What a root file system's own databases say is installed: dpkg's, dpkg's as distroless has it, and apk's."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.tree import Kind, Tree

DPKG = "var/lib/dpkg"
APK = ("lib/apk/db/installed", "usr/lib/apk/db/installed")
SCRIPTS = (".preinst", ".postinst", ".prerm", ".postrm")
_NAME = re.compile(r"[^\s(:\[<>=~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One installed package. `files` are paths in the Tree, folders included; `depends` are groups of names, of each of which one is needed."""

    name: str
    version: str
    files: tuple[str, ...] = ()
    depends: tuple[tuple[str, ...], ...] = ()
    provides: frozenset[str] = frozenset()


def installed(tree: Tree) -> tuple[Package, ...]:
    """All packages that the databases in `tree` name, in their order. A package without a list of files has none."""
    return (*_dpkg(tree), *_distroless(tree), *(package for database in APK for package in _apk(tree, _text(tree, database))))


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
    known = {fields["Package"]: fields for _, fields in paragraphs(_text(tree, f"{DPKG}/status"))}
    listed: dict[str, list[str]] = {}
    for path, entry in tree.under(f"{DPKG}/info"):
        if path.endswith(".list") and entry.kind is Kind.FILE:
            name = posixpath.basename(path).removesuffix(".list").partition(":")[0]
            listed.setdefault(name, []).extend(_text(tree, path).splitlines())
    for name in {**known, **listed}:
        yield _of_dpkg(name, known.get(name, {}), listed.get(name, []), tree)


def _distroless(tree: Tree) -> Iterator[Package]:
    """The control file of each, and beside it the md5sums that name its files."""
    for path, entry in tree.under(f"{DPKG}/status.d"):
        if entry.kind is not Kind.FILE or path.endswith((".md5sums", *SCRIPTS)):
            continue
        for _, fields in paragraphs(_text(tree, path)):
            sums = f"{path}.md5sums"
            yield _of_dpkg(fields["Package"], fields, [path, sums, *(line[34:] for line in _text(tree, sums).splitlines())], tree)


def _of_dpkg(name: str, fields: dict[str, str], files: list[str], tree: Tree) -> Package:
    return Package(
        name=name,
        version=fields.get("Version", ""),
        files=tuple(dict.fromkeys(as_in_tree(tree, path) for path in files if path.strip("/."))),
        depends=tuple(group for field in ("Pre-Depends", "Depends") for group in _groups(fields.get(field, ""))),
        provides=frozenset(name for group in _groups(fields.get("Provides", "")) for name in group),
    )


def _groups(text: str) -> Iterator[tuple[str, ...]]:
    for group in text.split(","):
        names = tuple(found[0] for one in group.split("|") if (found := _NAME.search(one)))
        if names:
            yield names


def _apk(tree: Tree, database: str) -> Iterator[Package]:
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
                files=tuple(dict.fromkeys(as_in_tree(tree, path) for path in files if path)),
                # `!name` is a conflict; `so:libz.so.1` and `cmd:sh` are provided by name as well.
                depends=tuple((_apk_name(word),) for word in fields.get("D", "").split() if not word.startswith("!")),
                provides=frozenset(_apk_name(word) for word in fields.get("p", "").split()),
            )


def _apk_name(word: str) -> str:
    return re.split(r"[<>=~]", word, maxsplit=1)[0]


def as_in_tree(tree: Tree, path: str) -> str:
    """A package's path where the image has it: `/lib/x` of a package lies in `usr/lib/x` when /lib is a link."""
    path = posixpath.normpath(path.strip().lstrip("/"))
    if path in tree:
        return path
    folder, _, name = path.rpartition("/")
    found = tree.resolve(folder) if folder else None
    return f"{found}/{name}" if found else path


def _text(tree: Tree, path: str) -> str:
    try:
        return tree.read(path).decode("utf-8", "replace")
    except (KeyError, ValueError):
        return ""
