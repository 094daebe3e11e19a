"""How many bytes of a compressed layer each owner is to blame for."""

import tarfile
from bisect import bisect_left

from paredown.errors import BrokenArchiveError
from paredown.oci.blob import Blob, broken
from paredown.oci.forward import Forward
from paredown.store import Store
from paredown.tree import UNKNOWN, Owner, OwnerKind, Tree, inside, keyed

_RECORD_KIND = "owner-bytes-1"
_CHUNK = 4096


def measure(blob: Blob, tree: Tree, store: Store) -> dict[Owner, int]:
    """Compressed bytes of the layer by owner, as its stream grew while their tar entries passed; they sum to `blob.size`.

    `tree` says who owns which path (the whole image's will do); paths it does not know count as UNKNOWN.
    """
    key = keyed([[blob.digest], *([path, entry.owner.kind.value, entry.owner.name, entry.owner.version] for path, entry in tree.items())])
    record = store.recall(_RECORD_KIND, key)
    if record is None:
        record = [[owner.kind.value, owner.name, owner.version, size] for owner, size in sorted(_measured(blob, tree).items())]
        store.remember(_RECORD_KIND, key, record)
    return {Owner(OwnerKind(kind), name, version): size for kind, name, version, size in record}


def _measured(blob: Blob, tree: Tree) -> dict[Owner, int]:
    stream = _Sampled(blob)
    starts: list[tuple[int, Owner]] = []
    try:
        with tarfile.open(fileobj=Forward(stream.read), mode="r:") as tar:
            while (member := tar.next()) is not None:
                entry = tree.get(_path(member.name))
                starts.append((member.offset, entry.owner if entry is not None else UNKNOWN))
                tar.members = []  # type: ignore[attr-defined]  # the list would grow with the archive
    except tarfile.TarError as error:
        raise broken(blob, str(error)) from error
    stream.drain()
    sizes: dict[Owner, int] = {}
    for index, (start, owner) in enumerate(starts):
        begin = stream.consumed_at(start) if index else 0
        end = stream.consumed_at(starts[index + 1][0]) if index + 1 < len(starts) else blob.size
        sizes[owner] = sizes.get(owner, 0) + end - begin
    return sizes or ({UNKNOWN: blob.size} if blob.size else {})


def _path(name: str) -> str:
    try:
        return inside(name)
    except BrokenArchiveError:
        return ""


class _Sampled:
    """The plain stream, which notes how far the compressed one was at each of its places."""

    def __init__(self, blob: Blob) -> None:
        self._pieces = blob.plain(_CHUNK)
        self._piece, self._used = b"", 0
        self._produced = [0]
        self._consumed = [0]

    def read(self, size: int) -> bytes:
        parts = []
        while size > 0 and (self._used < len(self._piece) or self._step()):
            parts.append(self._piece[self._used : self._used + size])
            self._used += len(parts[-1])
            size -= len(parts[-1])
        return b"".join(parts)

    def drain(self) -> None:
        """Read to the end, so that the whole blob was seen and checked."""
        while self._step():
            pass

    def consumed_at(self, place: int) -> int:
        """Compressed bytes that had passed when the plain stream was at `place`, in proportion between two samples."""
        at = bisect_left(self._produced, place)
        if at >= len(self._produced):
            return self._consumed[-1]
        if self._produced[at] == place or at == 0:
            return self._consumed[at]
        low, high = self._produced[at - 1], self._produced[at]
        return self._consumed[at - 1] + (self._consumed[at] - self._consumed[at - 1]) * (place - low) // (high - low)

    def _step(self) -> bool:
        """Whether there was another piece."""
        step = next(self._pieces, None)
        if step is None:
            return False
        consumed, self._piece = step
        self._used = 0
        if self._piece:
            self._produced.append(self._produced[-1] + len(self._piece))
            self._consumed.append(consumed)
        return True
