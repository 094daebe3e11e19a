"""A blob somewhere on disk, read as the plain bytes that its compression holds."""

import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard
from isal import isal_zlib
from isal.igzip_lib import IsalError

from paredown.errors import BrokenArchiveError

_CHUNK = 1 << 18
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_DAMAGED: tuple[type[Exception], ...] = (zlib.error, IsalError, zstandard.ZstdError, EOFError)  # type: ignore[assignment]  # isal's stub calls its error an instance
_GZIP_MOUTHFUL = 1 << 15  # compressed bytes at once: of one, deflate makes 1032 at the most,
_ZSTD_MOUTHFUL = 1 << 10  # zstd up to 32,700 where there is nothing but zeros
_LARGEST_WINDOW = 1 << 27  # 128 MB, what `zstd` itself accepts unasked; a blob that wants more is out for our memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """`size` bytes of `file` from `offset`; `digest` is what they are promised to be."""

    digest: str
    size: int
    file: Path
    offset: int = 0

    def read(self) -> bytes:
        """All bytes, checked against the digest; for documents, not for layers."""
        data = b"".join(self.raw())
        found = "sha256:" + hashlib.sha256(data).hexdigest()
        if found != self.digest:
            raise broken(self, f"its bytes are {found}")
        return data

    def raw(self, chunk: int = _CHUNK) -> Iterator[bytes]:
        """The bytes as they are stored; BrokenArchiveError when the file ends before them."""
        with open(self.file, "rb", buffering=0) as stream:
            done = 0
            while done < self.size:
                piece = os.pread(stream.fileno(), min(chunk, self.size - done), self.offset + done)
                if not piece:
                    raise broken(self, f"it ends after {done} of {self.size} bytes")
                done += len(piece)
                yield piece

    def plain(self, chunk: int = _CHUNK) -> Iterator[tuple[int, bytes]]:
        """(compressed bytes consumed so far, uncompressed bytes they gave); the digest is checked at the end.

        Gzip with any number of members, zstd with any number of frames, or no compression, told by the first bytes. However small the bytes
        are that a gigabyte was compressed to, it comes in pieces of 34 MB at the most.
        """
        state = hashlib.sha256()
        consumed = 0
        decoder: _Decoder | None = None
        for piece in self.raw(chunk):
            state.update(piece)
            if decoder is None:
                decoder = _Decoder(piece[:4])
            consumed += len(piece)
            try:
                for data in decoder.feed(piece):
                    yield consumed, data
            except _DAMAGED as error:
                raise broken(self, f"its compressed data is damaged: {error}") from error
        if decoder is not None and not decoder.complete:
            raise broken(self, "its compressed data is cut off")
        found = "sha256:" + state.hexdigest()
        if found != self.digest:
            raise broken(self, f"its bytes are {found}")


def broken(blob: Blob, why: str, *, fix: str = "fetch or save the image again") -> BrokenArchiveError:
    """The error that `blob` is not what it should be."""
    return BrokenArchiveError(f"{blob.digest} cannot be read: {why}", where=str(blob.file), fix=fix)


class _Decoder:
    """Turns stored bytes into plain ones, member after member."""

    def __init__(self, start: bytes) -> None:
        self._start = start
        self._member: Any = None
        self._between = b""
        self._mouthful = 0  # of this member
        self.compressed = start.startswith((_GZIP, _ZSTD))

    @property
    def complete(self) -> bool:
        return not self.compressed or (self._member is None and not self._between)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        if not self.compressed:
            yield piece
            return
        given, self._between = self._between + piece, b""
        at = 0
        while at < len(given):
            if self._member is None:
                given, at = given[at:].lstrip(b"\0"), 0  # some writers pad with zeros behind the last member
                if len(given) < 4:
                    self._between = given
                    return
                self._member = self._opened(given)
            mouthful = given[at : at + self._mouthful]
            yield self._member.decompress(mouthful)
            at += len(mouthful)
            if self._member.eof:
                at -= len(self._member.unused_data)
                self._member = None

    def _opened(self, start: bytes) -> Any:
        if start.startswith(_GZIP):
            self._mouthful = _GZIP_MOUTHFUL
            return isal_zlib.decompressobj(31)
        if start.startswith(_ZSTD):
            self._mouthful = _ZSTD_MOUTHFUL
            return zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).decompressobj()
        raise EOFError("something else follows it")
