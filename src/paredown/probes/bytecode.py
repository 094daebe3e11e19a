"""Compiled Python that runs although it is not what its source says, or that cannot run at all."""

import _imp
import posixpath
import re
from collections.abc import Iterator
from typing import Any

from paredown.probes.app_files import app_folders
from paredown.probes.installed import installed
from paredown.probes.interface import Image, Seen
from paredown.result import Observation, Skipped
from paredown.tree import Entry, Kind, OwnerKind, keyed

NAME = "bytecode"

_CACHED = re.compile(r"(?P<folder>(?:.*/)?)__pycache__/(?P<stem>[^/]+)\.cpython-(?P<tag>\d+)(?:\.opt-[12])?\.pyc")
# Of the final releases; CPython lists them in Include/internal/pycore_magic_number.h.
_MAGIC = {"3.8": 3413, "3.9": 3425, "3.10": 3439, "3.11": 3495, "3.12": 3531, "3.13": 3571, "3.14": 3627}
_HEADER = 16
_HASHED, _CHECKED = 1, 2
_HASH_CHANGED = (3, 11)  # before this version sources were hashed in another way
_LARGEST = 32 << 20
_RECORD = "bytecode-1"
_OTHER = "other"  # which a service may import, and may not have


def observe(image: Image) -> Iterator[Seen]:
    """One observation for the standard library, one for the app, one for each distribution, one for all else, whether there is bytecode of it or not.

    What Python finds out itself and compiles again (another time or size of the source, another version's magic number) costs time and nothing else.
    """
    version = image.facts.python
    magic = _MAGIC.get(version)
    if magic is None:
        yield Skipped(what=NAME, reason=f"the bytecode format of Python {version} is not known" if version else "the image has no Python interpreter")
        return
    if tuple(map(int, version.split("."))) < _HASH_CHANGED:
        yield Skipped(what="bytecode against its sources", reason=f"Python {version} hashes sources in another way than paredown's")
    groups: dict[str, list[tuple[str, Entry, Entry | None]]] = {"the app": [], "the standard library": [], _OTHER: []}
    groups |= {distribution.name: [] for distribution in installed(image)}
    app = tuple(f"{folder}/" for folder in app_folders(image))
    for path, entry, source in _compiled(image):
        groups.setdefault(_group(path, entry, app, image), []).append((path, entry, source))
    for group, files in groups.items():
        complaints = _complaints(files, magic, version, image)
        yield Observation(probe=NAME, key=group, value="; ".join(complaints) or None, kept=True)


def _compiled(image: Image) -> Iterator[tuple[str, Entry, Entry | None]]:
    """(path, bytecode, its source) of all that this Python would read; without source when it stands for one."""
    tag = image.facts.python.replace(".", "")
    alone: list[tuple[str, Entry]] = []
    for path, entry in image.tree.items():
        if not path.endswith(".pyc") or entry.kind is not Kind.FILE or entry.size > _LARGEST:
            continue
        found = _CACHED.fullmatch(path)
        if found:
            source = image.tree.get(f"{found['folder']}{found['stem']}.py")
            if found["tag"] == tag and source is not None and source.kind is Kind.FILE:
                yield path, entry, source
        elif "__pycache__" not in path:
            alone.append((path, entry))
    if alone:
        # An extension module or a source of the same name comes first.
        first = {posixpath.join(posixpath.dirname(path), posixpath.basename(path).partition(".")[0]) for path in image.tree if path.endswith((".py", ".so"))}
        yield from ((path, entry, None) for path, entry in alone if path.removesuffix(".pyc") not in first)


def _group(path: str, entry: Entry, app: tuple[str, ...], image: Image) -> str:
    if entry.owner.kind is OwnerKind.DISTRIBUTION:
        return entry.owner.name
    if path.startswith(app):
        return "the app"
    return "the standard library" if path.startswith(f"{image.facts.standard_library}/") else _OTHER


def _complaints(files: list[tuple[str, Entry, Entry | None]], magic: int, version: str, image: Image) -> list[str]:
    key = keyed([version, *([path, entry.digest, source.digest if source else ""] for path, entry, source in files)])
    known: Any = image.store.recall(_RECORD, key)
    if known is None:
        known = [complaint for path, entry, source in files if (complaint := _complaint(path, entry, source, magic, version))]
        image.store.remember(_RECORD, key, known)
    return [str(complaint) for complaint in known]


def _complaint(path: str, entry: Entry, source: Entry | None, magic: int, version: str) -> str:
    head = entry.read()[:_HEADER]
    token = int.from_bytes(head[:4], "little")
    right = len(head) == _HEADER and head[2:4] == b"\r\n" and token & 0xFFFF == magic
    if source is None:
        return "" if right else f"/{path}, which has no source, is not of Python {version}"
    flags = int.from_bytes(head[4:8], "little")
    if not right or not flags & _HASHED or flags & _CHECKED or tuple(map(int, version.split("."))) < _HASH_CHANGED or source.size > _LARGEST:
        return ""
    return "" if _imp.source_hash(token, source.read()) == head[8:16] else f"/{path} was not compiled from the source that is there, and is run unchecked"
