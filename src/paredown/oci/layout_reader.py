"""Reads images from an OCI layout folder, a tar of one, or a docker-archive of any age; nothing is unpacked."""

import hashlib
import os
import posixpath
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from paredown.errors import BrokenArchiveError, UserError
from paredown.oci.blob import Blob
from paredown.oci.foreign_json import Node, parsed
from paredown.oci.layer_reader import StoredLayer
from paredown.oci.model import INDEXES, MANIFESTS, REF_NAME, Descriptor, ImageConfig, ImagePlatform, read_config, read_index, read_manifest

_LARGEST_DOCUMENT = 32 << 20
_DEEPEST = 4
COMPRESSED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundImage:
    """One platform's image in a file or folder. `digest` is its manifest's, or its configuration's where there is no manifest."""

    platform: ImagePlatform
    digest: str
    reference: str
    config: ImageConfig
    layers: tuple[StoredLayer, ...]


# A part of an image's file by its name in there: where its bytes lie; None when there is no such part.
_Find = Callable[[str], tuple[Path, int, int] | None]


def read(path: Path) -> tuple[FoundImage, ...]:
    """Every image at `path`, in the order of its index. UserError when there is none, BrokenArchiveError when one cannot be read."""
    find = _finder(path)
    if find("index.json") is not None:
        images = _from_index(find, path)
    elif find("manifest.json") is not None:
        images = _from_docker_archive(find, path)
    else:
        raise _not_an_image(path, "it has neither an index.json nor a manifest.json")
    if not images:
        raise _not_an_image(path, "its index names no image")
    return images


def pick(images: Sequence[FoundImage], architecture: str, *, where: str, fix: str = "") -> FoundImage:
    """The Linux image for `architecture`; the UserError names what there is, and `fix` where that is other than to take an image that runs here."""
    for image in images:
        if image.platform.os == "linux" and image.platform.architecture == architecture:
            return image
    there = ", ".join(str(image.platform) for image in images)
    raise UserError(
        f"the image has nothing for linux/{architecture}, only for {there}",
        where=where,
        fix=fix or f"give one built with `--platform linux/{architecture}`, or run this on a machine with {images[0].platform}",
    )


def _not_an_image(path: Path, why: str) -> UserError:
    return UserError(f"{path} is not an image: {why}", where=str(path), fix="give an OCI layout folder, a tar of one, or what `docker save` writes")


def _finder(path: Path) -> _Find:
    if path.is_dir():
        return lambda name: _in_folder(path, name)
    try:
        with open(path, "rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", where=str(path), fix="check the path") from error
    if start.startswith(COMPRESSED):
        raise _not_an_image(path, "the file as a whole is compressed; uncompress it first")
    members = _members(path)
    return lambda name: _in_tar(path, members, name)


def _in_folder(folder: Path, name: str) -> tuple[Path, int, int] | None:
    # Names come from digests and from our own constants, or were checked to stay inside; links in the folder may still point out.
    file = folder / name
    if not file.is_file():
        return None
    if not file.resolve().is_relative_to(folder.resolve()):
        raise BrokenArchiveError(f"{name} is a link that leaves the image's folder", where=str(folder))
    return file, 0, file.stat().st_size


def _members(path: Path) -> dict[str, tarfile.TarInfo]:
    members: dict[str, tarfile.TarInfo] = {}
    size = path.stat().st_size
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                if member.isreg() and member.offset_data + member.size > size:
                    raise BrokenArchiveError(f"{path} is cut off in {member.name}", where=str(path), fix="save or copy the image again")
                members[posixpath.normpath(member.name)] = member
    except (tarfile.TarError, ValueError, EOFError) as error:
        raise _not_an_image(path, f"it is neither a folder nor a tar ({error})") from error
    return members


def _in_tar(path: Path, members: dict[str, tarfile.TarInfo], name: str) -> tuple[Path, int, int] | None:
    wanted = posixpath.normpath(name)
    for _ in range(8):
        member = members.get(wanted)
        if member is None:
            return None
        if member.isreg():
            return path, member.offset_data, member.size
        # Old engines save a layer that two images share once, and link to it.
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(wanted), member.linkname) if member.issym() else member.linkname)
    return None


def _document(find: _Find, name: str, path: Path) -> bytes:
    place = find(name)
    if place is None:
        raise BrokenArchiveError(f"the image lacks its part {name}", where=str(path), fix="save or copy the image again")
    file, offset, size = place
    if size > _LARGEST_DOCUMENT:
        raise BrokenArchiveError(f"{name} has {size} bytes; no image's document is that large", where=str(path))
    with open(file, "rb") as stream:
        stream.seek(offset)
        return stream.read(size)


def _blob(find: _Find, descriptor: Descriptor, path: Path) -> Blob:
    place = find(f"blobs/sha256/{descriptor.digest.removeprefix('sha256:')}")
    if place is None:
        raise BrokenArchiveError(f"the image lacks its part {descriptor.digest}", where=str(path), fix="save or copy the image again, with all its platforms")
    file, offset, size = place
    if size != descriptor.size:
        raise BrokenArchiveError(
            f"{descriptor.digest} has {size} bytes, the image promises {descriptor.size}", where=str(path), fix="save or copy the image again"
        )
    return Blob(digest=descriptor.digest, size=size, file=file, offset=offset)


def _from_index(find: _Find, path: Path) -> tuple[FoundImage, ...]:
    found: list[FoundImage] = []
    seen: set[str] = set()

    def visit(descriptors: Sequence[Descriptor], reference: str, depth: int) -> None:
        if depth > _DEEPEST:
            raise BrokenArchiveError(f"its indexes are nested more than {_DEEPEST} deep", where=str(path))
        for descriptor in descriptors:
            named = dict(descriptor.annotations).get(REF_NAME, reference)
            # An attestation is no image: BuildKit lists it for the platform unknown/unknown.
            if descriptor.digest in seen or (descriptor.platform is not None and descriptor.platform.architecture == "unknown"):
                continue
            seen.add(descriptor.digest)
            # Of many platforms often only one was copied; the others are as good as not named.
            if depth and find(f"blobs/sha256/{descriptor.digest.removeprefix('sha256:')}") is None:
                continue
            if descriptor.media_type in INDEXES:
                visit(read_index(_checked(find, descriptor, path), descriptor.digest).manifests, named, depth + 1)
            elif descriptor.media_type in MANIFESTS:
                found.append(_from_manifest(find, descriptor, named, path))

    visit(read_index(_document(find, "index.json", path), "index.json").manifests, "", 0)
    return tuple(found)


def _checked(find: _Find, descriptor: Descriptor, path: Path) -> bytes:
    if descriptor.size > _LARGEST_DOCUMENT:
        raise BrokenArchiveError(f"{descriptor.digest} has {descriptor.size} bytes; no image's document is that large", where=str(path))
    return _blob(find, descriptor, path).read()


def _from_manifest(find: _Find, descriptor: Descriptor, reference: str, path: Path) -> FoundImage:
    manifest = read_manifest(_checked(find, descriptor, path), descriptor.digest)
    config = read_config(_checked(find, manifest.config, path), manifest.config.digest)
    if len(config.diff_ids) != len(manifest.layers):
        raise BrokenArchiveError(f"{descriptor.digest} has {len(manifest.layers)} layers, its configuration {len(config.diff_ids)}", where=str(path))
    blobs = [_blob(find, layer, path) for layer in manifest.layers]
    layers = tuple(StoredLayer(blob, diff_id) for blob, diff_id in zip(blobs, config.diff_ids, strict=True))
    return FoundImage(platform=config.platform, digest=descriptor.digest, reference=reference, config=config, layers=layers)


def _from_docker_archive(find: _Find, path: Path) -> tuple[FoundImage, ...]:
    manifest = parsed(_document(find, "manifest.json", path), "manifest.json")
    return tuple(_saved(find, item, path) for item in manifest.items())


def _saved(find: _Find, node: Node, path: Path) -> FoundImage:
    data = _document(find, _named(node / "Config"), path)
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    config = read_config(data, "config")
    names = [_named(item) for item in (node / "Layers").items()]
    if len(names) != len(config.diff_ids):
        raise BrokenArchiveError(f"manifest.json names {len(names)} layers, the configuration {len(config.diff_ids)}", where=str(path))
    layers = tuple(StoredLayer(_saved_layer(find, name, diff_id, path), diff_id) for name, diff_id in zip(names, config.diff_ids, strict=True))
    references = (node / "RepoTags").texts()
    return FoundImage(platform=config.platform, digest=digest, reference=references[0] if references else "", config=config, layers=layers)


def _named(node: Node) -> str:
    name = node.text()
    if name.startswith("/") or ".." in name.split("/"):
        raise node.wrong("the name of a part of the image")
    return name


def _saved_layer(find: _Find, name: str, diff_id: str, path: Path) -> Blob:
    place = find(name)
    if place is None:
        raise BrokenArchiveError(f"the image lacks its part {name}", where=str(path), fix="save or copy the image again")
    file, offset, size = place
    # A docker-archive does not tell a layer's own digest: an uncompressed one's is the diff_id, a compressed one's is worked out.
    with open(file, "rb") as stream:
        start = os.pread(stream.fileno(), 8, offset)
        if not start.startswith(COMPRESSED):
            return Blob(digest=diff_id, size=size, file=file, offset=offset)
        state = hashlib.sha256()
        done = 0
        while done < size and (piece := os.pread(stream.fileno(), min(1 << 20, size - done), offset + done)):
            state.update(piece)
            done += len(piece)
    return Blob(digest="sha256:" + state.hexdigest(), size=size, file=file, offset=offset)
