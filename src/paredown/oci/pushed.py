"""Layers as an engine pushes them: those that were stored plain are compressed, with gzip."""

import os
from collections.abc import Iterator

from paredown.oci.blob import Blob
from paredown.oci.compression import compressed, compression_named
from paredown.oci.layer_reader import StoredLayer
from paredown.store import Store

_RECORD_KIND = "pushed-1"
_GZIP = compression_named("gzip")
_CHUNK = 1 << 20


def pushed(layer: StoredLayer, store: Store) -> StoredLayer:
    """The layer itself where it is compressed already; else its gzip, kept in the store."""
    if layer.blob.digest != layer.diff_id:
        return layer
    known = store.recall(_RECORD_KIND, layer.diff_id)
    if known is not None and (path := store.blob(known)) is not None:
        return StoredLayer(Blob(digest=known, size=path.stat().st_size, file=path), layer.diff_id)
    with store.writer() as writer:
        for piece in compressed(_plain(layer.blob), _GZIP, cores=os.cpu_count() or 1):
            writer.write(piece)
        digest = writer.commit()
        size = writer.size
    store.remember(_RECORD_KIND, layer.diff_id, digest)
    return StoredLayer(Blob(digest=digest, size=size, file=store.blob_path(digest)), layer.diff_id)


def _plain(blob: Blob) -> Iterator[bytes]:
    for _, piece in blob.plain(_CHUNK):
        yield piece
