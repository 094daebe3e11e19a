"""Packs a Tree as one image layer: a deterministic tar, compressed while it is made, kept in the store and never made twice."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from paredown.oci import tar_stream
from paredown.oci.compression import Algorithm, Compression, compressed, compression_named
from paredown.oci.model import LAYER_GZIP, LAYER_ZSTD, Descriptor
from paredown.progress import Progress
from paredown.store import Store
from paredown.tree import Kind, Tree, keyed

_RECORD_KIND = "layer-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedLayer:
    """A layer whose blob lies in the store under `descriptor.digest`.

    `diff_id` is the digest of the tar, `uncompressed` its bytes; `files` counts regular files; `reused` says an earlier run packed it.
    """

    descriptor: Descriptor
    diff_id: str
    uncompressed: int
    files: int
    reused: bool = False


def pack(tree: Tree, *, epoch: int, compression: str, store: Store, progress: Progress, task: str = "layer") -> PackedLayer:
    """The layer that gives `tree`; `epoch` is the time (seconds) of entries that have none, `task` what `progress` is told.

    The same tree, epoch and compression give the same bytes on any machine with the same encoder. Takes some 10 MB of memory.
    """
    setting = compression_named(compression)
    key = keyed([[tree.key(), epoch, setting.key]])
    known = _recalled(key, setting, store)
    if known is not None:
        return known
    files = sum(1 for entry in tree.values() if entry.kind is Kind.FILE)
    tar = _Watched(tar_stream.stream_of(tree, epoch=epoch), progress, task, tree.size)
    with store.writer() as writer:
        for piece in compressed(tar, setting, cores=os.cpu_count() or 1):
            writer.write(piece)
        digest = writer.commit()
        size = writer.size
    store.remember(_RECORD_KIND, key, [digest, size, tar.digest, tar.size, files])
    descriptor = Descriptor(media_type=_media_type(setting), digest=digest, size=size)
    return PackedLayer(descriptor=descriptor, diff_id=tar.digest, uncompressed=tar.size, files=files)


def _recalled(key: str, setting: Compression, store: Store) -> PackedLayer | None:
    record = store.recall(_RECORD_KIND, key)
    if record is None:
        return None
    digest, size, diff_id, uncompressed, files = record
    blob = store.blob(digest)
    if blob is None or blob.stat().st_size != size:
        return None
    descriptor = Descriptor(media_type=_media_type(setting), digest=digest, size=size)
    return PackedLayer(descriptor=descriptor, diff_id=diff_id, uncompressed=uncompressed, files=files, reused=True)


def _media_type(setting: Compression) -> str:
    match setting.algorithm:
        case Algorithm.GZIP:
            return LAYER_GZIP
        case Algorithm.ZSTD:
            return LAYER_ZSTD


class _Watched:
    """The tar's pieces on their way to the compressor: counted, digested, told to `progress`."""

    def __init__(self, pieces: Iterable[bytes], progress: Progress, task: str, total: int) -> None:
        self.size = 0
        self._pieces = pieces
        self._progress = progress
        self._task = task
        self._total = total
        self._state = hashlib.sha256()

    @property
    def digest(self) -> str:
        return "sha256:" + self._state.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        told = 0
        for piece in self._pieces:
            self._state.update(piece)
            self.size += len(piece)
            if self.size - told >= 1 << 22:
                told = self.size
                self._progress.advance(self._task, min(told, self._total), self._total)
            yield piece
        self._progress.advance(self._task, self._total, self._total)
