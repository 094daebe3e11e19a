"""What is read of files, remembered by their digests: only folders in which a file changed are read again, on all cores where that is much."""

import hashlib
import os
import pickle
import posixpath
import secrets
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from paredown.store import Store
from paredown.tree import Entry, Owner

Files = list[tuple[str, Entry]]
Read = Callable[[Files], Any]

_MUCH = 4 << 20  # bytes of sources: a second's work, of which starting a helper costs a third
_MOST_HELPERS = 3
_HELPER = "paredown.pydist.programs.reading_helper"
_COMPILED = 16  # so many times quicker a byte of compiled code is read than one of a source


def remembered(kind: str, version: int, files: Iterable[tuple[str, Entry]], read: Read, store: Store) -> list[tuple[Owner, Files, Any]]:
    """Owner, files and what `read` gives of them, JSON-able, for each folder's files of each owner: sources and others apart, as those may be stripped.

    `version` is of what `read` gives, a function of a module: raise it when the reading changes. It goes by path, bytes, kind of owner and
    whether a file can be executed.
    """
    groups: dict[tuple[Owner, str, bool], Files] = defaultdict(list)
    for path, entry in files:
        groups[entry.owner, posixpath.dirname(path), path.endswith(".py")].append((path, entry))
    order = sorted(groups)
    keys = {name: _key(version, name[0], groups[name]) for name in order}
    found = {name: store.recall(kind, keys[name]) for name in order}
    missing = [name for name in order if found[name] is None]
    for name, record in zip(missing, side_by_side(read, [groups[name] for name in missing], store.scratch) if missing else (), strict=True):
        store.remember(kind, keys[name], record)
        found[name] = record
    return [(name[0], groups[name], found[name]) for name in order]


def _key(version: int, owner: Owner, files: Files) -> str:
    state = hashlib.sha256(f"{version}\n{owner.kind}\n".encode())
    for path, entry in files:
        state.update(f"{path}\0{entry.digest}\0{entry.executable}\n".encode("utf-8", "surrogateescape"))
    return "sha256:" + state.hexdigest()


def side_by_side(read: Read, groups: Sequence[Files], scratch: Path) -> list[Any]:
    """What `read` gives of each of `groups`, in their order: here, and where it is much in helper processes, as Python's threads share one core."""
    shares = _shares(groups, os.cpu_count() or 1)
    helpers = [_Helper(read, [groups[index] for index in share], scratch) for share in shares[1:]]
    found: dict[int, Any] = {}
    try:
        found |= {index: read(groups[index]) for index in shares[0]}
        for share, helper in zip(shares[1:], helpers, strict=True):
            found |= dict(zip(share, helper.told(), strict=True))
    finally:
        for helper in helpers:
            helper.end()
    return [found[index] for index in range(len(groups))]


def _shares(groups: Sequence[Files], cores: int) -> list[list[int]]:
    """Indexes of `groups` for each process, by how much there is to read."""
    weights = [sum(entry.size if path.endswith(".py") else entry.size // _COMPILED for path, entry in group) for group in groups]
    processes = min(cores, 1 + _MOST_HELPERS, 1 + sum(weights) // _MUCH)
    shares: list[list[int]] = [[] for _ in range(processes)]
    loads = [0] * processes
    for index in sorted(range(len(groups)), key=lambda index: (-weights[index], index)):
        least = loads.index(min(loads))
        shares[least].append(index)
        loads[least] += weights[index]
    return shares


class _Helper:
    """A process of its own that reads `groups`. Where it fails, they are read here."""

    def __init__(self, read: Read, groups: Sequence[Files], scratch: Path) -> None:
        self._read, self._groups = read, groups
        self._asked, self._answer = scratch / secrets.token_hex(8), scratch / secrets.token_hex(8)
        self._asked.write_bytes(pickle.dumps((read, groups)))
        with self._asked.open("rb") as asked, self._answer.open("wb") as answer:
            # -P: nothing that lies in the current folder is imported.
            self._process = subprocess.Popen([sys.executable, "-P", "-m", _HELPER], stdin=asked, stdout=answer, stderr=subprocess.DEVNULL)

    def told(self) -> list[Any]:
        if self._process.wait() == 0:
            with suppress(EOFError, pickle.UnpicklingError), self._answer.open("rb") as answer:
                told: list[Any] = pickle.load(answer)  # noqa: S301  (written by this process's own helper, in a folder of its own)
                return told
        return [self._read(group) for group in self._groups]

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._asked.unlink(missing_ok=True)
        self._answer.unlink(missing_ok=True)
