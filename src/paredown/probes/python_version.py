"""Which Python the service runs on: its version, its patch release, and those build flags that change what code does."""

import ast
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from paredown.probes.interface import Image, Seen
from paredown.result import Observation, Skipped
from paredown.tree import Entry, Kind

NAME = "python version"

# What only makes Python faster or moves its code into a library (LTO, PGO, --enable-shared) is no flag here.
_FLAGS = ("Py_DEBUG", "Py_GIL_DISABLED", "Py_TRACE_REFS", "WITH_PYMALLOC", "WITH_DOC_STRINGS", "PY_SQLITE_ENABLE_LOAD_EXTENSION", "ENABLE_IPV6")
_RECORD = "interpreter-1"
_SUFFIX = re.compile(rb"\.((?:cpython|pypy|graalpy)[\w-]{2,60})\.so\0")
_LARGEST = 64 << 20  # bytes; no interpreter is larger


def observe(image: Image) -> Iterator[Seen]:
    """The patch release has a key of its own, so that another one can be intended."""
    if not image.python:
        yield Skipped(what=NAME, reason="the image has no Python interpreter")
        return
    yield Observation(probe=NAME, key="Python", value=image.facts.python)
    told = [found for entry in _binaries(image) if (found := _read(entry, image))]
    release = next((each["release"] for each in told if each["release"]), "") or _release_of_owner(image)
    if release:
        yield Observation(probe=NAME, key="patch release", value=release)
    else:
        yield Skipped(what="patch release of Python", reason="neither the interpreter nor its package tells it")
    suffix = next((each["suffix"] for each in told if each["suffix"]), "")
    if suffix:
        # Implementation, version, free threading and debugging, C library: `cpython-313t-x86_64-linux-gnu`.
        yield Observation(probe=NAME, key="extension modules", value=suffix)
    flags = _build_flags(image)
    if flags:
        yield Observation(probe=NAME, key="build flags", value=flags)
    else:
        yield Skipped(what="build flags of Python", reason=f"/{image.facts.standard_library} has no _sysconfigdata module that could be read")


def _binaries(image: Image) -> Iterator[Entry]:
    """The interpreter and, when it is but a stub, the library that holds it."""
    target = image.tree.resolve(image.python)
    if target is None:
        return
    elf = image.facts.elves.get(target)
    for soname in elf.needed if elf else ():
        if soname.startswith("libpython"):
            for path in sorted(image.facts.elves):
                found = image.tree.resolve(path)
                if posixpath.basename(path) == soname and found:
                    yield image.tree[found]
    yield image.tree[target]


def _read(entry: Entry, image: Image) -> dict[str, Any] | None:
    if entry.kind is not Kind.FILE or entry.size > _LARGEST:
        return None
    known = image.store.recall(_RECORD, entry.digest)
    if known is None:
        text = entry.read()
        pattern = re.compile(rb"(?<![\w.])" + re.escape(image.facts.python.encode()) + rb"\.\d+(?:(?:a|b|rc)\d+)?\+?(?=\0)")
        releases = Counter(found.decode() for found in pattern.findall(text))
        suffix = _SUFFIX.search(text)
        known = {"release": max(sorted(releases), key=releases.__getitem__) if releases else "", "suffix": suffix[1].decode() if suffix else ""}
        image.store.remember(_RECORD, entry.digest, known)
    return known if isinstance(known, dict) else None


def _release_of_owner(image: Image) -> str:
    target = image.tree.resolve(image.python)
    match = re.match(rf"{re.escape(image.facts.python)}\.\d+", image.tree[target].owner.version) if target else None
    return match[0] if match else ""


def _build_flags(image: Image) -> dict[str, Any]:
    folder = image.facts.standard_library
    for path, entry in image.tree.under(folder):
        name = path.removeprefix(f"{folder}/")
        named = name.startswith("_sysconfigdata_") and name.endswith(".py")
        if named and entry.kind is Kind.FILE and entry.size < 1 << 20 and (variables := _variables(entry, image)):
            return {flag: variables[flag] or 0 for flag in _FLAGS if flag in variables}
    return {}


def _variables(entry: Entry, image: Image) -> dict[str, Any]:
    known = image.store.recall("build-flags-1", entry.digest)
    if known is None:
        try:
            tree = ast.parse(entry.read())
            values = [ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)]
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            values = []
        known = {flag: value[flag] for value in values if isinstance(value, dict) for flag in _FLAGS if flag in value}
        image.store.remember("build-flags-1", entry.digest, known)
    return known if isinstance(known, dict) else {}
