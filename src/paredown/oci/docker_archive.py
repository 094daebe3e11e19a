"""Writes an image that was found in a file as what `docker load` reads, under a name of one's choice."""

import io
import json
import tarfile
import tempfile
from collections.abc import Iterator
from typing import IO

from paredown.oci.blob import Blob
from paredown.oci.layout_reader import FoundImage

_ZSTD = b"\x28\xb5\x2f\xfd"


def write(image: FoundImage, reference: str, stream: IO[bytes]) -> None:
    """Write `image` to `stream`, named `reference` and nothing else. Layers stay as they are stored, but for zstd, which not every engine reads."""
    config = image.config.to_bytes()
    names = [f"{layer.blob.digest.removeprefix('sha256:')}.tar" for layer in image.layers]
    manifest = json.dumps([{"Config": "config.json", "RepoTags": [reference], "Layers": names}]).encode()
    with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        written: set[str] = set()
        for name, layer in zip(names, image.layers, strict=True):
            if name not in written:
                written.add(name)
                _add(tar, name, layer.blob)
        for name, content in (("config.json", config), ("manifest.json", manifest)):
            tar.addfile(_member(name, len(content)), io.BytesIO(content))


def _add(tar: tarfile.TarFile, name: str, blob: Blob) -> None:
    if next(blob.raw(4), b"") != _ZSTD:
        tar.addfile(_member(name, blob.size), _Pieces(blob.raw()))
        return
    with tempfile.TemporaryFile() as plain:
        for _, piece in blob.plain():
            plain.write(piece)
        size = plain.tell()
        plain.seek(0)
        tar.addfile(_member(name, size), plain)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = size
    return member


class _Pieces(io.RawIOBase):
    """Pieces of bytes, read as one file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        while 0 <= len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        wanted, self._rest = self._rest[:size], self._rest[size:]
        return wanted
