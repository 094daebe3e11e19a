"""Chosen paths put back onto a slimmed image, out of its spare file: one more layer, and nothing is built again."""

import difflib
import os
import posixpath
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from paredown import opening
from paredown.composers import ownership, record
from paredown.composers.interface import Means
from paredown.delivery import deliver
from paredown.errors import UserError
from paredown.foundation import packed_layer
from paredown.oci import layout
from paredown.oci.assemble import image_over, image_set
from paredown.oci.compression import compressed, compression_named
from paredown.oci.layer_reader import StoredLayer, flattened, read_each_layer
from paredown.oci.layer_writer import PackedLayer
from paredown.oci.model import LAYER_GZIP, LAYER_ZSTD, Descriptor
from paredown.oci.reference import familiar, name_for
from paredown.packers.layers import NamedLayer
from paredown.putting_back import put_back
from paredown.result import Artifact, Removal
from paredown.spare import belongs, read_spare
from paredown.tree import Tree
from paredown.trims.interface import named_by

SUFFIX = "-restored"
_MOST_NAMED = 3
_ALGORITHMS = ((b"\x1f\x8b", LAYER_GZIP), (b"\x28\xb5\x2f\xfd", LAYER_ZSTD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks of `paredown restore`: `patterns` of paths in `image`, as `--keep` has them, out of the file `spare`."""

    image: str
    spare: Path
    patterns: tuple[str, ...]
    tag: str | None = None
    outputs: tuple[Path, ...] = ()
    load: bool = False
    compression: str = "gzip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back: as `chosen`, and as `needed` by those. `size` is the new layer's as stored, in bytes."""

    name: str
    digest: str
    chosen: tuple[Removal, ...]
    needed: tuple[Removal, ...]
    size: int
    artifacts: tuple[Artifact, ...]


def restore(request: Request, means: Means) -> Restored:
    """Put back what `request` names, write the image, and tell what it has again.

    UserError for a spare file of another image, and for a pattern that names nothing that was taken.
    """
    setting = compression_named(request.compression)
    reference = request.tag or f"{name_for(request.image)}{SUFFIX}:latest"
    familiar(reference)
    outputs = request.outputs or (() if request.load else (Path(f"{name_for(reference)}.oci.tar"),))
    for path in outputs:
        layout.refuse_unusable(path)
    spare = read_spare(request.spare)
    image = opening.stored(request.image, means, spare.architecture)
    if not belongs(spare, image):
        raise UserError(
            f"{request.spare} holds what was taken from {spare.image[:19]}, and {request.image} is another image ({image.digest[:19]})",
            where=str(request.spare),
            fix="name the image as `paredown slim` wrote it, and the file that `--spare` wrote with it",
        )
    slimmed = image.layers[: len(spare.layers)]
    stack = read_each_layer((*slimmed, spare.layer), means.store, means.progress)
    now = stack[:-1] if slimmed == image.layers else read_each_layer(image.layers, means.store, means.progress)
    small, whole = (ownership.attribute(flattened(layers)) for layers in (now, stack))
    removals = record.read(small)
    own = frozenset(removal for removal in removals if _is_back(removal.path, small, whole))
    back = put_back(small, whole, own, _chosen(request, own, small), earlier=[one for one in removals if one not in own])
    name, added, _ = packed_layer(NamedLayer("restored", back.layer), setting.name, means)
    made = image_set([image_over(image.config, [_kept(layer, setting.name, means) for layer in image.layers], [(name, added)])], reference=reference)
    artifacts = deliver(made, outputs, means, load=request.load)
    return Restored(name=reference, digest=made.digest, chosen=back.chosen, needed=back.needed, size=added.descriptor.size, artifacts=artifacts)


def _is_back(path: str, small: Tree, whole: Tree) -> bool:
    """Whether the spare file has what was taken there, of a stripped file the whole."""
    return path in whole and (path not in small or small[path].digest != whole[path].digest)


def _chosen(request: Request, removals: Collection[Removal], small: Tree) -> set[str]:
    """The paths that the patterns name; UserError for a pattern that names none."""
    chosen: set[str] = set()
    for pattern in request.patterns:
        named = named_by([pattern])
        found = {removal.path for removal in removals if named(removal.path)}
        if not found:
            raise _nothing(pattern, removals, small)
        chosen |= found
    return chosen


def _nothing(pattern: str, removals: Collection[Removal], small: Tree) -> UserError:
    named = named_by([pattern])
    if there := next((path for path in small if named(path)), None):
        return UserError(
            f"/{there} is in the image: it was not taken", where=pattern, fix="name what is not there; `paredown inspect --explain` tells of a path"
        )
    path = pattern.strip("/")
    places: dict[str, list[str]] = defaultdict(list)
    for removal in removals:
        places[posixpath.basename(removal.path)].append(removal.path)
    names = difflib.get_close_matches(posixpath.basename(path), places, n=_MOST_NAMED, cutoff=0.6)
    # Of several of one name, the one that shares most of the way.
    near = [max(places[name], key=lambda place: len(posixpath.commonprefix([place, path]))) for name in names]
    said = "there is " + ", ".join(f"/{one}" for one in near)
    return UserError(f"nothing that {pattern} names was taken", where=pattern, fix=said if near else "`paredown inspect` tells what was taken")


def _kept(layer: StoredLayer, compression: str, means: Means) -> PackedLayer:
    """The layer of the image as it is, its blob in the store; one that an engine keeps unpacked is packed."""
    start = next(layer.blob.raw(4), b"")
    kind = next((kind for magic, kind in _ALGORITHMS if start.startswith(magic)), None)
    setting = compression_named(compression)
    with means.store.writer() as writer:
        for piece in layer.blob.raw() if kind else compressed(layer.blob.raw(), setting, cores=os.cpu_count() or 1):
            writer.write(piece)
        digest = writer.commit(layer.blob.digest if kind else None, what="a layer of the image")
        size = writer.size
    descriptor = Descriptor(media_type=kind or (LAYER_GZIP if setting.name.startswith("gzip") else LAYER_ZSTD), digest=digest, size=size)
    return PackedLayer(descriptor=descriptor, diff_id=layer.diff_id, uncompressed=means.store.blob_path(layer.diff_id).stat().st_size, files=0)
