"""The content-addressed store under the user's cache folder: blobs, records and folders, each written whole or not at all."""

import errno
import fcntl
import glob
import hashlib
import json
import os
import secrets
import shutil
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from paredown.errors import UntrustedError, WorldError

_CLOSED = (errno.EACCES, errno.EROFS, errno.EPERM, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG)


class Store:
    """Blobs by digest, JSON records and folders by (kind, key).

    Every write goes to a scratch folder of this process and is renamed into place, so a killed run leaves nothing half-done
    and two runs can share one store. A key or digest is `sha256:<hex>`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def scratch(self) -> Path:
        """This process's own folder for unfinished things; it goes with the process, and what killed ones left is swept on first use."""
        folder = self.root / "scratch"
        with spelled_out(self.root), self.locked("scratch"):
            folder.mkdir(parents=True, exist_ok=True)
            _sweep(folder)
            own = folder / f"{os.getpid()}-{secrets.token_hex(4)}"
            own.mkdir()
            # This lock lives as long as the process, also when it is killed; it tells sweepers that the folder is in use.
            self._lock_held = os.open(own.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock_held, fcntl.LOCK_EX)
            weakref.finalize(self, _leave, own, os.getpid())
        return own

    def blob_path(self, digest: str) -> Path:
        """Where the blob with `digest` lies or would lie."""
        algorithm, _, name = digest.partition(":")
        if algorithm != "sha256" or len(name) != 64 or not name.isalnum():
            raise UntrustedError(f"{digest!r} is not a sha256 digest")
        return self.root / "blobs" / "sha256" / name

    def blob(self, digest: str) -> Path | None:
        """The file with the blob's bytes, or None."""
        path = self.blob_path(digest)
        return path if path.exists() else None

    def add_bytes(self, data: bytes) -> str:
        """Keep `data`; its digest."""
        with self.writer() as writer:
            writer.write(data)
            return writer.commit()

    @contextmanager
    def writer(self) -> Iterator["BlobWriter"]:
        """A stream into the store; nothing is kept unless `commit` was reached."""
        path = self.scratch / secrets.token_hex(8)
        with spelled_out(self.root), open(path, "wb") as stream:
            try:
                yield BlobWriter(self, path, stream)
            finally:
                path.unlink(missing_ok=True)

    def recall(self, kind: str, key: str) -> Any:
        """The record kept under (kind, key), or None."""
        try:
            return json.loads(self._record_path(kind, key).read_bytes())
        except (FileNotFoundError, ValueError):
            return None

    def remember(self, kind: str, key: str, value: Any) -> None:
        """Keep a JSON-able value under (kind, key)."""
        path = self._record_path(kind, key)
        with spelled_out(self.root):
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self.scratch / secrets.token_hex(8)
            unfinished.write_bytes(json.dumps(value, separators=(",", ":")).encode())
            os.replace(unfinished, path)

    def folder(self, kind: str, key: str, fill: Callable[[Path], None]) -> Path:
        """The folder kept under (kind, key); `fill` makes it the first time, in a scratch place, under a lock."""
        path = self.root / "folders" / kind / _plain(key)
        if path.is_dir():
            return path
        with spelled_out(self.root), self.locked(f"{kind}-{_plain(key)}"):
            if not path.is_dir():
                path.parent.mkdir(parents=True, exist_ok=True)
                unfinished = self.scratch / secrets.token_hex(8)
                unfinished.mkdir()
                try:
                    fill(unfinished)
                    os.rename(unfinished, path)
                finally:
                    shutil.rmtree(unfinished, ignore_errors=True)
        return path

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold the lock called `name` against other runs."""
        locks = self.root / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        handle = os.open(locks / name.replace("/", "-"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def damaged(self) -> Iterable[Path]:
        """Every blob whose bytes are not those its name promises, and every record that is not JSON."""
        for path in sorted((self.root / "blobs" / "sha256").glob("*")):
            with open(path, "rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != path.name:
                    yield path
        for path in sorted((self.root / "records").glob("*/*")):
            try:
                json.loads(path.read_bytes())
            except ValueError:
                yield path

    def _record_path(self, kind: str, key: str) -> Path:
        return self.root / "records" / kind / _plain(key)


class BlobWriter:
    """Bytes on their way into the store; `digest` is of what was written so far."""

    def __init__(self, store: Store, path: Path, stream: IO[bytes]) -> None:
        self.size = 0
        self._store = store
        self._path = path
        self._stream = stream
        self._state = hashlib.sha256()

    @property
    def digest(self) -> str:
        return "sha256:" + self._state.hexdigest()

    def write(self, data: bytes | memoryview) -> int:
        self._stream.write(data)
        self._state.update(data)
        self.size += len(data)
        return len(data)

    def commit(self, expected: str | None = None, *, what: str = "the data") -> str:
        """Keep the bytes; their digest. UntrustedError, and nothing kept, when it is not `expected`."""
        if expected is not None and self.digest != expected:
            raise UntrustedError(
                f"{what} is not what was promised: expected {expected}, got {self.digest}",
                fix="try again; if it stays, the source serves altered data: do not use it",
            )
        self._stream.flush()
        destination = self._store.blob_path(self.digest)
        destination.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self._path, destination)
        return self.digest


@contextmanager
def spelled_out(place: Path, *, output: bool = False) -> Iterator[None]:
    """Turn a full or read-only disk into an error that says which place to free: the store's, or with `output` that of the user's own."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            elsewhere = "write to another disk" if output else f"point PAREDOWN_CACHE elsewhere (`rm -rf {place}` empties paredown's cache)"
            raise WorldError(f"no space left on the disk of {place}", fix=f"free some space, or {elsewhere}") from error
        if error.errno not in _CLOSED or not str(error.filename or "").startswith(str(place)):
            raise
        if output:
            raise WorldError(
                f"{place} cannot be written to: {error.strerror}", where=str(place), fix="name another place, or make this one writable"
            ) from error
        raise WorldError(f"{error.filename} cannot be written: {error.strerror}", fix="point PAREDOWN_CACHE to a folder of yours") from error


def _plain(key: str) -> str:
    return key.removeprefix("sha256:").replace("/", "-")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its place at the end, or goes when something goes wrong; those that killed processes left go too.

    Its name ends in that of `path`: patterns that leave out the one leave out the other.
    """
    with spelled_out(path.parent, output=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        for left in path.parent.glob(f".{'[0-9a-f]' * 8}.{glob.escape(path.name)}"):
            _sweep_one(left, left)
        unfinished = path.with_name(f".{secrets.token_hex(4)}.{path.name}")
        handle = os.open(unfinished, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield unfinished
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
            os.close(handle)


def _leave(scratch: Path, process: int) -> None:
    if os.getpid() == process:  # a child that forked off has nothing to leave
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.with_suffix(".lock").unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    for name in {path.stem for path in folder.iterdir()}:
        _sweep_one(folder / f"{name}.lock", folder / name)


def _sweep_one(lock: Path, left: Path) -> None:
    """Delete `left` and `lock`, unless a living process holds the lock."""
    with suppress(OSError):  # another user's is left to them
        handle = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
            lock.unlink(missing_ok=True)
        finally:
            os.close(handle)
