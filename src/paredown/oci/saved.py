"""What an engine saves, laid into a folder while it comes: plain layers go straight into the store and are looked through while the next ones come."""

import os
import posixpath
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO

from paredown.errors import BrokenArchiveError
from paredown.oci.blob import Blob
from paredown.oci.forward import Forward
from paredown.oci.layer_reader import StoredLayer, members
from paredown.oci.layout_reader import COMPRESSED
from paredown.store import Store
from paredown.tree import inside

_CHUNK = 1 << 20
_DOCUMENT = 1 << 15  # bytes; what is less is no layer worth a blob


def lay_out(archive: IO[bytes], folder: Path, store: Store) -> None:
    """Write the members of the tar that `archive` gives below `folder`. BrokenArchiveError when it is cut off, or when a name would leave the folder."""
    links: list[tuple[Path, str]] = []
    coming = Forward(archive.read)
    try:
        with ThreadPoolExecutor(1) as beside, tarfile.open(fileobj=coming, mode="r:") as tar:
            while (member := tar.next()) is not None:
                tar.members = []  # type: ignore[attr-defined]  # the list would grow with the archive
                name = inside(member.name)
                place = folder / name
                if member.isreg():
                    place.parent.mkdir(parents=True, exist_ok=True)
                    if digest := _keep(_pieces(coming, member), member, place, store):
                        beside.submit(_look_through, digest, member.size, store)
                elif member.issym() or member.islnk():
                    # Old engines save a layer that two images share once, and link to it.
                    links.append((place, inside(posixpath.normpath(posixpath.join(posixpath.dirname(name) if member.issym() else "", member.linkname)))))
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise BrokenArchiveError(f"what the engine saves is no whole tar: {error}", fix="see whether the engine is well") from error
    # Last, so that nothing is written through one.
    for place, target in links:
        if (folder / target).is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            os.link(folder / target, place)


def _keep(pieces: Iterator[bytes], member: tarfile.TarInfo, place: Path, store: Store) -> str:
    """The digest of what went into the store, if it did."""
    first = next(pieces, b"")
    if member.size < _DOCUMENT or first.startswith(COMPRESSED):
        with open(place, "xb") as file:
            file.write(first)
            file.writelines(pieces)
        return ""
    with store.writer() as writer:
        writer.write(first)
        for piece in pieces:
            writer.write(piece)
        digest = writer.commit()
    os.link(store.blob_path(digest), place)
    return digest


def _look_through(digest: str, size: int, store: Store) -> None:
    """Have the members of a layer remembered. What is wrong with it is told when the image is read."""
    tar = store.blob_path(digest)
    with suppress(BrokenArchiveError, tarfile.TarError, EOFError, ValueError, OverflowError):
        members(StoredLayer(Blob(digest=digest, size=size, file=tar), digest), tar, store)


def _pieces(coming: Forward, member: tarfile.TarInfo) -> Iterator[bytes]:
    """The bytes of `member`, which comes next."""
    left = member.size
    while left:
        piece = coming.read(min(_CHUNK, left))
        if not piece:
            raise EOFError(f"{member.name} is cut off")
        left -= len(piece)
        yield piece
