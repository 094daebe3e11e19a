"""Writes an image set as an OCI layout folder, or as one tar that is both an OCI layout and a docker-archive."""

import errno
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

from paredown.errors import ParedownError, UserError, WorldError
from paredown.oci import tar_stream
from paredown.oci.assemble import Image, ImageSet
from paredown.oci.foreign_json import canonical
from paredown.oci.model import CONTAINERD_NAME, INDEXES, LAYER_ZSTD, MANIFESTS, REF_NAME, Index, read_index, read_manifest
from paredown.oci.reference import familiar, full, tag_of
from paredown.store import Store, replacing, spelled_out
from paredown.tree import Entry, Kind, Tree, digest_of, file_of, folder_of

_LAYOUT = canonical({"imageLayoutVersion": "1.0.0"})
_BLOBS = "blobs/sha256"
_TIME = 0
_PACKED = frozenset({".gz", ".tgz", ".zst", ".xz", ".bz2", ".zip"})


def notes(images: ImageSet) -> tuple[str, ...]:
    """What a person should know of the artifact, in a sentence each."""
    if any(layer.descriptor.media_type == LAYER_ZSTD for image in images.images for layer in image.layers):
        return ("Docker before 23.0 cannot load zstd layers; `--compression gzip` suits every engine.",)
    return ()


def refuse_unusable(path: Path) -> None:
    """Raise what writing to `path` would raise for its name, what is there already, or the rights of the folder."""
    if path.suffix in _PACKED:
        raise UserError(f"{path} would be a packed archive, and layers are packed already", where=str(path), fix=f"--output {path.name.partition('.')[0]}.tar")
    if path.suffix == ".tar" and path.is_dir():
        raise UserError(f"{path} is a folder, and an image in one file would be written there", where=str(path), fix="name a file that is not there yet")
    if path.suffix != ".tar":
        _refuse_other_folder(path)
    place = next(parent for parent in (path.absolute() if path.is_dir() else path.absolute().parent, *path.absolute().parents) if parent.exists())
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        what = "not writable for you" if place.is_dir() else "not a folder"
        raise WorldError(f"{path} cannot be written: {place} is {what}", where=str(place), fix="name another place with --output, or make this one writable")


def write_tar(images: ImageSet, path: Path, store: Store) -> None:
    """Write the tar at `path`, whole or not at all; the same image gives the same bytes.

    Its `manifest.json`, for engines that read docker-archives, names the first image alone; its `index.json` names all.
    """
    with replacing(path) as unfinished, open(unfinished, "wb", buffering=0) as out:
        for name, entry in _tar_entries(images).items():
            # The contents are copied by the kernel, so only headers pass through here.
            out.write(tar_stream.header_of(name, entry, epoch=_TIME))
            if entry.kind is Kind.FILE:
                _append(out.fileno(), entry, store)
        out.write(bytes(2 * tar_stream.BLOCK))


def write_folder(images: ImageSet, folder: Path, store: Store) -> None:
    """Write or update the layout at `folder`: blobs first, `index.json` last, then the blobs that only the old index named go.

    UserError when the folder holds something else.
    """
    _refuse_other_folder(folder)
    before = _blobs_of(folder)
    with spelled_out(folder, output=True):
        blobs = folder / _BLOBS
        blobs.mkdir(parents=True, exist_ok=True)
        for name, data in _documents(images).items():
            if not _holds(blobs / name, name):
                _write(blobs / name, data)
        for name, size in _layers(images).items():
            if not _holds(blobs / name, name):
                with replacing(blobs / name) as unfinished, open(unfinished, "wb", buffering=0) as out:
                    _copy(store.blob_path(f"sha256:{name}"), out.fileno(), size)
        _write(folder / "oci-layout", _LAYOUT)
        _write(folder / "index.json", _index(images))
        for name in sorted(before - set(_documents(images)) - set(_layers(images))):
            (blobs / name).unlink(missing_ok=True)


def _refuse_other_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file, not a folder", where=str(folder), fix="name a folder, or a file that ends in .tar")
    if folder.is_dir() and os.access(folder, os.R_OK) and any(folder.iterdir()) and not (folder / "oci-layout").is_file():
        raise UserError(f"{folder} is not empty and not an OCI layout", where=str(folder), fix="name a new folder")


def _index(images: ImageSet) -> bytes:
    annotations = ((CONTAINERD_NAME, full(images.reference)), (REF_NAME, tag_of(images.reference)))
    return Index(manifests=(replace(images.top, annotations=annotations),)).to_bytes()


def _documents(images: ImageSet) -> dict[str, bytes]:
    """The blobs that are JSON: the hex of the digest -> the bytes."""
    documents = [data for image in images.images for data in (image.config_bytes, image.manifest_bytes)]
    if images.index_bytes is not None:
        documents.append(images.index_bytes)
    return {_hex(digest_of(data)): data for data in documents}


def _layers(images: ImageSet) -> dict[str, int]:
    """The blobs that are layers: the hex of the digest -> the size."""
    return {_hex(layer.descriptor.digest): layer.descriptor.size for image in images.images for layer in image.layers}


def _tar_entries(images: ImageSet) -> Tree:
    entries: dict[str, Entry] = {
        "blobs": folder_of(),
        _BLOBS: folder_of(),
        "index.json": file_of(_index(images)),
        "manifest.json": file_of(_docker_manifest(images)),
        "oci-layout": file_of(_LAYOUT),
    }
    for name, data in _documents(images).items():
        entries[f"{_BLOBS}/{name}"] = file_of(data)
    for name, size in _layers(images).items():
        entries[f"{_BLOBS}/{name}"] = Entry(kind=Kind.FILE, mode=0o644, size=size, digest=f"sha256:{name}")
    return Tree(entries)


def _docker_manifest(images: ImageSet) -> bytes:
    first: Image = images.images[0]
    return canonical(
        [
            {
                "Config": f"{_BLOBS}/{_hex(first.config_descriptor.digest)}",
                "RepoTags": [familiar(images.reference)],
                "Layers": [f"{_BLOBS}/{_hex(layer.descriptor.digest)}" for layer in first.layers],
            }
        ]
    )


def _append(out: int, entry: Entry, store: Store) -> None:
    if entry.content is not None:
        os.write(out, entry.read())
    else:
        _copy(store.blob_path(entry.digest), out, entry.size)
    os.write(out, bytes(-entry.size % tar_stream.BLOCK))


def _copy(source: Path, out: int, size: int) -> None:
    """Append `size` bytes of `source` to the file `out`, within the kernel."""
    with open(source, "rb", buffering=0) as stream:
        left = size
        while left:
            done = _copy_some(stream.fileno(), out, left)
            if done == 0:
                raise ParedownError(f"the blob {source.name} in the store is shorter than {size} bytes", where=str(source), fix="delete it and build again")
            left -= done


def _copy_some(source: int, out: int, size: int) -> int:
    try:
        return os.copy_file_range(source, out, size)
    except OSError as error:
        # Between two file systems, and on some that lack the call altogether.
        if error.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
            raise
        return os.sendfile(out, source, None, size)


def _holds(path: Path, name: str) -> bool:
    try:
        with open(path, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == name
    except FileNotFoundError:
        return False


def _write(path: Path, data: bytes) -> None:
    with replacing(path) as unfinished:
        unfinished.write_bytes(data)


def _blobs_of(folder: Path) -> set[str]:
    """The blobs that the layout at `folder` names (hex); none when it cannot be read."""
    found: set[str] = set()
    try:
        waiting = list(read_index((folder / "index.json").read_bytes(), "index.json").manifests)
        while waiting:
            descriptor = waiting.pop()
            name = _hex(descriptor.digest)
            found.add(name)
            data = (folder / _BLOBS / name).read_bytes()
            if descriptor.media_type in INDEXES:
                waiting.extend(read_index(data, name).manifests)
            elif descriptor.media_type in MANIFESTS:
                manifest = read_manifest(data, name)
                found.update(_hex(blob.digest) for blob in (manifest.config, *manifest.layers))
    except (OSError, ParedownError, json.JSONDecodeError):
        return set()
    return found


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")
