"""One download: verified by size and digest, resumed where it was cut off, tried again, and kept only when whole."""

import hashlib
import os
import ssl
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

from paredown.errors import UntrustedError, WorldError, redacted
from paredown.progress import Progress
from paredown.store import Store, spelled_out

ATTEMPTS = 4  # without a byte of progress in between
MOST_ATTEMPTS = 50  # in all
AT_ONCE = 6  # downloads side by side
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file by digest and size in bytes, and where it may be had: the first address that has it is taken."""

    label: str
    urls: tuple[str, ...]
    digest: str
    size: int


class _Retry(Exception):  # noqa: N818
    """This attempt ended early; another may do better."""


class _Missing(Exception):  # noqa: N818
    """The address does not have the file."""


def client(connections: int = 8) -> httpx.Client:
    """An HTTP client for downloads; proxies and certificates are the environment's, as httpx reads them."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.Client(verify=_roots(), follow_redirects=True, timeout=httpx.Timeout(30, connect=10), limits=limits, headers={"User-Agent": "paredown"})


@cache
def _roots() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # reading the certificates takes 60 ms


def download_all(wanted: Sequence[Wanted], *, store: Store, progress: Progress, pause: Callable[[float], None]) -> None:
    """`download` each, side by side. The first error ends the others, and what they had got so far stays for the next run."""
    store.scratch  # noqa: B018  (made once, before there are threads)
    with client(AT_ONCE) as http, side_by_side(AT_ONCE) as threads:
        for future in [threads.submit(download, one, http=http, store=store, progress=progress, pause=pause) for one in wanted]:
            future.result()


@contextmanager
def side_by_side(most: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that nobody waits for after an error, nor after Ctrl-C: they may be stuck in a connection."""
    threads = ThreadPoolExecutor(most)
    try:
        yield threads
    except BaseException:
        threads.shutdown(wait=False, cancel_futures=True)
        raise
    threads.shutdown()


def download(wanted: Wanted, *, http: httpx.Client, store: Store, progress: Progress, pause: Callable[[float], None]) -> Path:
    """The file in the store. What was got of it so far lies in the store's `partial` folder, and only a whole, verified file leaves it.

    UntrustedError when what came is not what was promised; WorldError when no address has it or the connection keeps breaking.
    """
    name = wanted.digest.removeprefix("sha256:")
    final = store.blob_path(wanted.digest)
    partial = store.root / "partial" / name
    with spelled_out(store.root):
        if final.exists():
            return final
        partial.parent.mkdir(parents=True, exist_ok=True)
        # Another run may be after the same file; a lock for each would leave as many lock files behind.
        with store.locked(f"partial-{name[:2]}"):
            if final.exists():
                return final
            missing: list[str] = []
            for url in wanted.urls:
                try:
                    _fill(partial, url, wanted, http, progress, pause)
                except _Missing as answer:
                    missing.append(str(answer))
                    continue
                final.parent.mkdir(parents=True, exist_ok=True)
                os.replace(partial, final)
                return final
    raise WorldError(
        f"{wanted.label} is nowhere to be had: " + "; ".join(missing),
        fix="build without --locked to choose what the mirror has now, or use a mirror that keeps old versions",
    )


def _fill(partial: Path, url: str, wanted: Wanted, http: httpx.Client, progress: Progress, pause: Callable[[float], None]) -> None:
    idle = 0
    for attempt in range(1, MOST_ATTEMPTS + 1):
        before = _size(partial)
        try:
            _continue(partial, url, wanted, http, progress)
            if _digest(partial) == wanted.digest:
                return
            partial.unlink()
            if before == 0 or attempt == MOST_ATTEMPTS:
                raise UntrustedError(
                    f"{wanted.label} is not what its signed index promises: its sha256 is another",
                    where=url,
                    fix="try again, or another mirror; if it stays, somebody tampers with your downloads",
                )
            continue  # the part kept from earlier was of something else: once more from the start
        except (_Retry, httpx.TransportError) as error:
            idle = 0 if _size(partial) > before else idle + 1
            if idle >= ATTEMPTS or attempt == MOST_ATTEMPTS:
                where = redacted(url)
                if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
                    what = f"the mirror cannot be reached: {error}"
                else:
                    what = f"the download of {wanted.label} broke off at {_size(partial)} of {wanted.size} bytes: {error}"
                raise WorldError(
                    what, where=where, fix="check the network or the proxy, or use another mirror; the next run goes on where this one ended"
                ) from error
            pause(0.25 * 2**idle)


def _continue(partial: Path, url: str, wanted: Wanted, http: httpx.Client, progress: Progress) -> None:
    offset = _size(partial)
    if offset > wanted.size:
        partial.unlink()
        offset = 0
    if offset == wanted.size and partial.exists():
        return
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
    with http.stream("GET", url, headers=headers) as response:
        status = response.status_code
        if status == 416:
            partial.unlink(missing_ok=True)
            raise _Retry("the server does not have the rest of it")
        if status in (404, 410):
            raise _Missing(f"{redacted(url)} answers {status}")
        if status in _RETRIED:
            raise _Retry(f"the server answers {status} {response.reason_phrase}")
        if status not in (200, 206):
            raise WorldError(f"the server answers {status} {response.reason_phrase} for {wanted.label}", where=url, fix="check the mirror's address and rights")
        if status == 206 and not response.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
            partial.unlink(missing_ok=True)
            raise _Retry("the server sent another part than was asked for")
        if status == 200:
            offset = 0
            length = response.headers.get("Content-Length")
            if length is not None and length.isdigit() and int(length) != wanted.size:
                raise _wrong_size(wanted, url, f"{length} bytes")
        with open(partial, "ab" if offset else "wb") as stream:
            for chunk in response.iter_raw():  # as it comes: a fixed size would lose what had come when the connection breaks
                offset += len(chunk)
                if offset > wanted.size:
                    stream.truncate(0)
                    raise _wrong_size(wanted, url, f"more than {wanted.size} bytes")
                stream.write(chunk)
                progress.advance(wanted.label, offset, wanted.size)
    if offset < wanted.size:
        raise _Retry("the connection was closed early")


def _wrong_size(wanted: Wanted, url: str, found: str) -> UntrustedError:
    return UntrustedError(
        f"{wanted.label} is not what its signed index promises: {found} instead of {wanted.size}",
        where=url,
        fix="try again, or another mirror; if it stays, somebody tampers with your downloads",
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _digest(path: Path) -> str:
    with open(path, "rb") as stream:
        return "sha256:" + hashlib.file_digest(stream, "sha256").hexdigest()
