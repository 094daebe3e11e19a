"""Reads the Facts of a Tree: one remembered record per folder of an owner, so that only what changed is read again."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from paredown.pydist.distributions import distributions, site_folders
from paredown.pydist.elf import is_elf, libraries_in, names_in, read_elf, window
from paredown.pydist.facts import COMMAND, Elf, Facts
from paredown.pydist.imports import Scanned, package_of, scan_entry_points, scan_source, scan_text
from paredown.pydist.remembered import Files, remembered
from paredown.store import Store
from paredown.tree import Entry, Kind, Owner, OwnerKind, Tree

_RECORD = "facts"
_VERSION = 6  # of what a record holds; raise it when the reading changes
_MOST_SOURCE = 8 << 20
_MOST_CONFIGURATION = 256 << 10
_CONFIGURATION = (".toml", ".cfg", ".ini", ".yaml", ".yml", ".json", ".conf", ".env", "Procfile")
_SHORTEST = 3  # characters of a name in compiled code: those of two, as `uv`, stand there by chance
_SITE = re.compile(r"/(?:site|dist)-packages/")
# What the standard library's parts for a person at a desk look up by name does not count as looked up by the service.
_DESK = re.compile(r"/python3\.\d+/(?:test|idlelib|tkinter|turtledemo|lib2to3|_pyrepl|pydoc_data)/")
_LIBRARY = re.compile(r"\.so(?:\.[\w.]+)?$")
# What installers left behind; an environment may lie there, too.
_CACHE = re.compile(r"(?:^|/)\.cache/(?!.*/site-packages/)")


def read_facts(
    tree: Tree, *, python: str, words: tuple[str, ...], system_packages: frozenset[str], shell: bool, keep: tuple[str, ...], store: Store, program: str = "",
) -> Facts:  # fmt: skip
    """The Facts of `tree`, for Python `python` ("3.13"), started as `program` (its path in the tree, where there may be several of that version).

    `words` are those of the start command and the health check.
    """
    site = site_folders(tree)
    read = records(tree, store)
    library = _standard_library(tree, python, program)
    tops = _top_modules(tree, library, site)
    imported_by: dict[str, list[str]] = defaultdict(list)
    known: set[str] = set()
    libraries: set[str] = set()
    elves: dict[str, Elf] = {}
    starts_shell: list[str] = []
    for owner, record in read:
        paths = record["files"]
        for name, indexes in record["imports"].items():
            imported_by[name].extend(paths[index] for index in indexes)
        for name, indexes in record["strings"].items():
            if name.partition(".")[0] in tops:
                imported_by[name].extend(paths[index] for index in indexes)
        known.update(record["words"])
        libraries.update(record["libraries"])
        for path, needed, soname, run_paths, interpreter, machine, calls in record["elves"]:
            elves[path] = Elf(
                path=path, needed=tuple(needed), soname=soname, run_paths=tuple(run_paths), interpreter=interpreter, machine=machine, calls=tuple(calls)
            )
        if owner.kind is OwnerKind.APP:
            starts_shell.extend(paths[index] for index, _ in record["shell"])
    for name in _named_by_command(words, tops):
        imported_by[name].append(COMMAND)
    return Facts(
        python=python,
        standard_library=library,
        site=site,
        distributions=distributions(tree, site),
        imports=frozenset(imported_by),
        imported_by={name: tuple(sorted(set(paths))) for name, paths in imported_by.items()},
        words=frozenset(known.union(words, (piece for word in words for piece in re.split(r"[\s=,:;\"']+", word)))),
        elves=elves,
        system_packages=system_packages,
        shell=shell,
        keep=keep,
        command=words,
        libraries=frozenset(libraries.union(words)),
        starts_shell=tuple(sorted(starts_shell)),
    )


def records(tree: Tree, store: Store) -> list[tuple[Owner, dict[str, Any]]]:
    """What was read of each owner's files, a folder at a time, JSON-able; from the store where they did not change."""
    files = ((path, entry) for path, entry in tree.items() if entry.kind is Kind.FILE and _how(path, entry))
    return [(owner, record) for owner, _, record in remembered(_RECORD, _VERSION, files, _read, store)]


def _standard_library(tree: Tree, python: str, program: str) -> str:
    """The folder that `program` takes it from: beside its own, links followed, as Python itself looks for it."""
    prefix = posixpath.dirname(posixpath.dirname(tree.resolve(program) or "")) if program else ""
    near = [posixpath.join(prefix, f"{folder}/python{python}") for folder in ("lib", "lib64")] if program else []
    for path in (*near, f"usr/lib/python{python}"):
        if f"{path}/os.py" in tree:
            return path
    tail = f"/python{python}/os.py"
    return next((path.removesuffix("/os.py") for path in tree if path.endswith(tail)), f"usr/lib/python{python}")


def _how(path: str, entry: Entry) -> str:
    # How a file is read, by its name and mode alone: nothing is opened for this.
    if entry.owner.kind is OwnerKind.UNKNOWN and _CACHE.search(path):
        return ""
    if path.endswith((".py", ".pth")):
        return "source" if entry.size <= _MOST_SOURCE else ""
    if path.endswith("/entry_points.txt"):
        return "entry points"
    if "/gconv/" in path:
        return ""  # a few hundred plug-ins of the C library, which need nothing but it
    if ".so" in path and _LIBRARY.search(path):
        return "elf"
    if entry.owner.kind is OwnerKind.APP and path.endswith(_CONFIGURATION) and entry.size <= _MOST_CONFIGURATION:
        return "text"
    return "program" if entry.executable else ""


def _read(files: Files) -> dict[str, Any]:
    paths: list[str] = []
    imports: dict[str, list[int]] = defaultdict(list)
    strings: dict[str, list[int]] = defaultdict(list)
    words: set[str] = set()
    libraries: set[str] = set()
    shell: list[tuple[int, str]] = []
    elves: list[list[Any]] = []
    for path, entry in files:
        how = _how(path, entry)
        if how in ("elf", "program") and (elf := read_elf(path, entry)):
            elves.append([path, list(elf.needed), elf.soname, list(elf.run_paths), elf.interpreter, elf.machine, list(elf.calls)])
        scanned = _scan(path, entry, how)
        if scanned is None:
            continue
        index = len(paths)
        paths.append(path)
        for name in sorted(scanned.imports):
            imports[name].append(index)
        for name in sorted(scanned.dotted - scanned.imports):
            strings[name].append(index)
        if not _DESK.search(path):
            words |= scanned.words
            libraries |= scanned.libraries
        if scanned.shell:
            shell.append((index, scanned.shell))
    return {
        "files": paths, "imports": imports, "strings": strings, "words": sorted(words), "libraries": sorted(libraries), "shell": shell, "elves": elves,
    }  # fmt: skip


def _scan(path: str, entry: Entry, how: str) -> Scanned | None:
    match how:
        case "source":
            return scan_source(entry.read().decode("utf-8", "replace"), package_of(path))
        case "entry points":
            return scan_entry_points(entry.read().decode("utf-8", "replace"))
        case "text":
            return scan_text(entry.read().decode("utf-8", "replace"))
        case "elf":
            libraries = libraries_in(entry) if is_elf(entry) else frozenset[str]()
            told = frozenset(name for name in names_in(entry) if len(name) >= _SHORTEST) if _SITE.search(path) and is_elf(entry) else frozenset[str]()
            return Scanned(imports=frozenset(), dotted=told, words=frozenset(), libraries=libraries)
        case "program" if entry.size <= _MOST_CONFIGURATION and _starts_python(entry):
            return scan_source(entry.read().decode("utf-8", "replace"), "")
        case _:
            return None


def _starts_python(entry: Entry) -> bool:
    with window(entry) as stream:
        first = stream.read(256).partition(b"\n")[0]
    return first.startswith(b"#!") and b"python" in first


def _top_modules(tree: Tree, library: str, site: Iterable[str]) -> frozenset[str]:
    # Every name that `import` could find at the top: in the standard library, among the distributions, in the app.
    roots = {library, f"{library}/lib-dynload", *site}
    found = set()
    for path, entry in tree.items():
        parent, name = posixpath.split(path)
        if parent in roots or entry.owner.kind is OwnerKind.APP:
            if name.endswith((".py", ".so")):
                found.add(name.partition(".")[0])
            if entry.owner.kind is OwnerKind.APP:
                found.add(posixpath.basename(parent))
        elif name == "__init__.py" and posixpath.dirname(parent) in roots:
            found.add(posixpath.basename(parent))
        if entry.kind is Kind.FOLDER and parent in roots:
            found.add(name)
    return frozenset(name for name in found if name.isidentifier())


def _named_by_command(words: tuple[str, ...], tops: frozenset[str]) -> set[str]:
    found = set()
    for position, word in enumerate(words):
        if position and words[position - 1] == "-m":
            found.add(word)
        found.update(name for name in scan_text(word).dotted if name.partition(".")[0] in tops)
        module = word.partition(":")[0]
        if module.isidentifier() and module in tops:
            found.add(module)
    return found
