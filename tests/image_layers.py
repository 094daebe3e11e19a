"""Builders of layers and images for tests: tars written entry by entry, stores, packed image sets."""

import hashlib
import io
import tarfile
from collections.abc import Iterable
from pathlib import Path

from paredown.oci.assemble import ImageSet, image_of, image_set
from paredown.oci.blob import Blob
from paredown.oci.layer_reader import StoredLayer
from paredown.oci.layer_writer import PackedLayer, pack
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import Tree


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def member(name: str, data: bytes = b"", *, kind: bytes = tarfile.REGTYPE, target: str = "", mode: int = 0o644) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname, info.mode = kind, len(data), target, mode
    return info, data


def folder(name: str, mode: int = 0o755) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, kind=tarfile.DIRTYPE, mode=mode)


def link(name: str, target: str) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, kind=tarfile.SYMTYPE, target=target)


def hard_link(name: str, target: str) -> tuple[tarfile.TarInfo, bytes]:
    return member(name, kind=tarfile.LNKTYPE, target=target)


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def stored(scratch: Path, blob: bytes, tar: bytes | None = None) -> StoredLayer:
    """The layer with `blob` written to a file of `scratch`; `tar` is what it promises to hold."""
    file = scratch / hashlib.sha256(blob).hexdigest()
    file.write_bytes(blob)
    return StoredLayer(Blob(digest=digest(blob), size=len(blob), file=file), digest(blob if tar is None else tar))


def packed(tree: Tree, store: Store, *, compression: str = "gzip", epoch: int = 0) -> PackedLayer:
    return pack(tree, epoch=epoch, compression=compression, store=store, progress=Quiet())


def layer_in(store: Store, layer: PackedLayer) -> StoredLayer:
    described = layer.descriptor
    return StoredLayer(Blob(digest=described.digest, size=described.size, file=store.blob_path(described.digest)), layer.diff_id)


def images_of(
    trees: Iterable[Tree], store: Store, *, reference: str = "service:1", architectures: tuple[str, ...] = ("amd64",), compression: str = "gzip",
    command: tuple[str, ...] = ("/bin/true",),
) -> ImageSet:  # fmt: skip
    layers = [(f"layer {number}", packed(tree, store, compression=compression)) for number, tree in enumerate(trees)]
    images = [
        image_of(ImageConfig(platform=ImagePlatform(architecture=architecture), created="1970-01-01T00:00:00Z", command=command), layers)
        for architecture in architectures
    ]
    return image_set(images, reference=reference)
