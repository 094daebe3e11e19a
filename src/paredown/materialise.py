"""A Tree written to disk as plain files, for programs that need real ones; nothing is ever written outside the given folder."""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from paredown.errors import BrokenArchiveError, WorldError
from paredown.tree import Content, Entry, Inline, Kind, Slice, Tree, inside, parents_of

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PLAIN_MODE = 0o777  # a set-uid bit would give away the rights of whoever writes the folder
_BIG = 1 << 20  # bytes from which on the kernel copies (or shares) the blocks itself
_NO_KERNEL_COPY = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF}


def write_folder(tree: Tree, folder: Path) -> None:
    """Write `tree` below `folder`, which is made when it is missing; what stands at a path of the tree is replaced.

    Everything belongs to the caller; modes are the tree's, without set-uid bits, and the caller can always read and remove what was written.
    Files have the tree's times, where it has some: Python runs bytecode that was compiled of a source of that time, and compiles else.
    Links are written as their text, after all else. Raises BrokenArchiveError for a name that would leave the folder or that lies below a
    file or a link, WorldError when the cache's bytes are gone.
    """
    folders = _checked_folders(tree)
    folder.mkdir(parents=True, exist_ok=True)
    root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for path in folders:
            _make_folder(path, root)
        _write_files(tree, root)
        for path, entry in tree.items():
            if entry.kind is Kind.LINK:
                _make_room(path, root)
                os.symlink(entry.target, path, dir_fd=root)
        for path in reversed(folders):
            # Folders stay writable for the caller: else an ordinary user could neither move nor remove them.
            mode = tree[path].mode & _PLAIN_MODE | stat.S_IRWXU if path in tree else 0o755
            os.chmod(path, mode, dir_fd=root)
    finally:
        os.close(root)


def remove_folder(folder: Path) -> None:
    """Remove `folder` with all below it, also where folders in it are read-only; a missing one is no error."""
    with suppress(FileNotFoundError):
        try:
            shutil.rmtree(folder)
        except PermissionError:
            for place, _, _ in os.walk(folder):
                os.chmod(place, stat.S_IRWXU)
                for child in os.scandir(place):
                    if child.is_dir(follow_symlinks=False):
                        os.chmod(child.path, stat.S_IRWXU)
            shutil.rmtree(folder)


def _checked_folders(tree: Tree) -> list[str]:
    """Every folder of the tree, also those that only children imply, parents first."""
    folders: set[str] = set()
    for path, entry in tree.items():
        if inside(path) != path or not path:
            raise BrokenArchiveError(f"{path!r} is not a plain path below the root")
        if entry.kind is Kind.FOLDER:
            folders.add(path)
        for parent in parents_of(path):
            if parent in folders:
                break
            above = tree.get(parent)
            if above is not None and above.kind is not Kind.FOLDER:
                raise BrokenArchiveError(f"{path} lies below {parent}, which is a {above.kind}")
            folders.add(parent)
    return sorted(folders)


def _make_folder(path: str, root: int) -> None:
    try:
        os.mkdir(path, 0o700, dir_fd=root)
    except FileExistsError:
        # Every parent passed here before its children: none of them can be a link that leads out.
        if not stat.S_ISDIR(os.stat(path, dir_fd=root, follow_symlinks=False).st_mode):
            os.unlink(path, dir_fd=root)
            os.mkdir(path, 0o700, dir_fd=root)
        else:
            os.chmod(path, 0o700, dir_fd=root)


def _make_room(path: str, root: int) -> None:
    try:
        os.unlink(path, dir_fd=root)
    except FileNotFoundError:
        return
    except (IsADirectoryError, PermissionError) as error:
        raise BrokenArchiveError(f"{path} is a file in the tree and a folder on disk") from error


def _place(content: Content | None) -> tuple[str, int]:
    match content:
        case Slice(file, offset):
            return file, offset
        case _:
            return "", 0


def _write_files(tree: Tree, root: int) -> None:
    """Files in the order in which their bytes lie, so that each source is read once from front to end."""
    files = [(path, entry) for path, entry in tree.items() if entry.kind is Kind.FILE]
    files.sort(key=lambda item: _place(item[1].content))
    written: dict[str, str] = {}
    again: list[tuple[str, str]] = []
    with _sources() as source:
        for path, entry in files:
            if entry.inode and entry.inode in written:
                again.append((entry.inode, path))
                continue
            if entry.content is None:
                raise BrokenArchiveError(f"{path} is a file without bytes")
            _write_file(path, entry, root, source)
            if entry.inode:
                written[entry.inode] = path
    for inode, path in again:
        _make_room(path, root)
        os.link(written[inode], path, src_dir_fd=root, dst_dir_fd=root, follow_symlinks=False)


class _Sources:
    """The file that slices are being read from: one open file at a time, as they come sorted."""

    def __init__(self) -> None:
        self._name = ""
        self._handle = -1

    def open(self, name: str) -> int:
        if name != self._name:
            self.close()
            try:
                self._handle = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError as error:
                raise WorldError(f"{name} is gone from paredown's cache", fix="build again") from error
            self._name = name
        return self._handle

    def close(self) -> None:
        if self._name:
            os.close(self._handle)
            self._name = ""


@contextmanager
def _sources() -> Iterator[_Sources]:
    sources = _Sources()
    try:
        yield sources
    finally:
        sources.close()


def _write_file(path: str, entry: Entry, root: int, sources: _Sources) -> None:
    try:
        handle = os.open(path, _CREATE, 0o600, dir_fd=root)
    except FileExistsError:
        _make_room(path, root)
        handle = os.open(path, _CREATE, 0o600, dir_fd=root)
    try:
        match entry.content:
            case Inline(data):
                _write_all(handle, data)
            case Slice(file, offset):
                _copy(sources.open(file), offset, entry.size, handle, file)
        os.fchmod(handle, entry.mode & _PLAIN_MODE | stat.S_IRUSR)
        if entry.modified is not None:
            with suppress(OverflowError):  # a time that no file can have
                os.utime(handle, (entry.modified, entry.modified))
    finally:
        os.close(handle)


def _copy(source: int, offset: int, size: int, handle: int, name: str) -> None:
    done = 0
    while size - done >= _BIG:
        try:
            count = os.copy_file_range(source, handle, size - done, offset + done)
        except OSError as error:
            if error.errno not in _NO_KERNEL_COPY:
                raise
            break
        if count == 0:
            break
        done += count
    while done < size:
        piece = os.pread(source, min(size - done, _BIG), offset + done)
        if not piece:
            raise WorldError(f"{name} in paredown's cache is shorter than its index says", fix=f"remove it (`rm {name}`) and build again")
        _write_all(handle, piece)
        done += len(piece)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
