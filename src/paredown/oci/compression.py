"""Layer compressions: a stream is cut into blocks that are compressed side by side, so that its bytes depend on no machine's cores."""

import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

import deflate
import zstandard

from paredown.errors import UserError

_BLOCK = 1 << 20


class Algorithm(StrEnum):
    """What a layer's stream is compressed with."""

    GZIP = "gzip"
    ZSTD = "zstd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compression:
    """One offered setting. `strongest` trades time for size."""

    name: str
    algorithm: Algorithm
    strongest: bool

    @property
    def key(self) -> str:
        """What decides the compressed bytes: the setting, and the version of the encoder that obeys it."""
        match self.algorithm:
            case Algorithm.GZIP:
                return f"{self.name} libdeflate {deflate.__version__}"
            case Algorithm.ZSTD:
                return f"{self.name} zstd {zstandard.ZSTD_VERSION}"


COMPRESSIONS = (
    Compression(name="gzip", algorithm=Algorithm.GZIP, strongest=False),
    Compression(name="gzip-max", algorithm=Algorithm.GZIP, strongest=True),
    Compression(name="zstd", algorithm=Algorithm.ZSTD, strongest=False),
    Compression(name="zstd-max", algorithm=Algorithm.ZSTD, strongest=True),
)


def compression_named(name: str) -> Compression:
    """The setting called `name`; UserError names those there are."""
    for compression in COMPRESSIONS:
        if compression.name == name:
            return compression
    offered = ", ".join(compression.name for compression in COMPRESSIONS)
    raise UserError(f"there is no compression called {name!r}", fix=f"choose one of: {offered}")


def compressed(pieces: Iterable[bytes], compression: Compression, *, cores: int) -> Iterator[bytes]:
    """The compressed stream of the concatenated `pieces`, piece by piece; the same bytes for any number of `cores`."""
    match compression.algorithm:
        case Algorithm.GZIP:
            return _in_parallel(_blocks(pieces), _gzip_strongest if compression.strongest else _gzip, cores)
        case Algorithm.ZSTD:
            return _zstd(pieces, cores, strongest=compression.strongest)


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        while size >= _BLOCK:
            whole = b"".join(waiting)
            yield whole[:_BLOCK]
            waiting = [whole[_BLOCK:]]
            size -= _BLOCK
    if size:
        yield b"".join(waiting)


def _in_parallel(blocks: Iterable[bytes], compress: Callable[[bytes], bytes], cores: int) -> Iterator[bytes]:
    workers = min(16, cores)
    pending: deque[Future[bytes]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for block in blocks:
            pending.append(pool.submit(compress, block))
            if len(pending) > 2 * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


# Each block is a gzip member of its own (RFC 1952, 2.2: a file is a series of members): Go's readers, unpigz, and with them every
# engine read them as one stream. A header's ten bytes hold no name and no time; its ninth and tenth say nothing of the machine.
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


# libdeflate gave the same bytes with SSE, AVX2 and AVX-512 (measured on x86-64 alone). isal's level 3 did not, its level 2 is a
# seventh larger, and what zlib gives depends on whose zlib the machine has.
def _gzip(block: bytes) -> bytes:
    return _member(bytes(deflate.deflate_compress(block, 5)), block)


def _gzip_strongest(block: bytes) -> bytes:
    return _member(bytes(deflate.deflate_compress(block, 12)), block)


def _member(body: bytes, block: bytes) -> bytes:
    return _HEADER + body + zlib.crc32(block).to_bytes(4, "little") + len(block).to_bytes(4, "little")


def _zstd(pieces: Iterable[bytes], cores: int, *, strongest: bool) -> Iterator[bytes]:
    # With one worker or more the bytes do not depend on how many; with none they would be others. A window of 8 MB is what every
    # reader accepts. At level 19 a worker costs about 100 MB; jobs of 8 MB cost 1 % in size against the default of 32 MB.
    if strongest:
        settings = {"window_log": 23, "job_size": 8 << 20, "overlap_log": 6, "threads": min(2, cores)}
    else:
        settings = {"window_log": 21, "threads": min(4, cores)}
    parameters = zstandard.ZstdCompressionParameters.from_level(19 if strongest else 3, write_checksum=True, **settings)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    for block in _blocks(pieces):
        piece = compressor.compress(block)
        if piece:
            yield piece
    yield compressor.flush()
