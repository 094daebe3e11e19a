"""Any image in figures: whose its bytes are, and what the trims took, by what the image itself tells."""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from paredown.advisories.contents import contents_of
from paredown.advisories.look_up import look_up
from paredown.composers import ownership, record
from paredown.composers.interface import Means
from paredown.holdings import Holdings
from paredown.oci.assemble import MADE_BY
from paredown.oci.layer_reader import read_layers
from paredown.oci.layout_reader import FoundImage, read
from paredown.oci.measure import measure
from paredown.packers import layers
from paredown.picture import merged, owner_sizes
from paredown.result import LayerSize, OwnerSize, Picture, Removal
from paredown.tree import APP, PAREDOWN, Entry, Owner, OwnerKind, Tree

# Configuration files and databases of packages are in no list of checksums: of them only the layer tells.
_PACKAGES = {layers.BASE: OwnerKind.BASE, layers.INTERPRETER: OwnerKind.INTERPRETER, layers.SYSTEM: OwnerKind.SYSTEM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The images in a file, one for each platform; `tree` and `removals` are those of the first."""

    name: str
    pictures: tuple[Picture, ...]
    removals: tuple[Removal, ...]
    tree: Tree
    holdings: Holdings | None = None


def inspect(path: Path, means: Means, advisories: tuple[Path, ...] = ()) -> Inspection:
    """Read the image or images at `path`: a layout folder, a tar of one, or a docker-archive; the first is looked up in the data at `advisories`."""
    found = read(path)
    trees = [owned_tree(image, means) for image in found]
    pictures = tuple(pictured(image, tree, means) for image, tree in zip(found, trees, strict=True))
    contents = contents_of(trees[0]) if advisories else None
    holdings = None if contents is None else Holdings(contents={"image": contents}, looked_up=look_up(advisories, contents.subjects))
    return Inspection(name=found[0].reference or str(path), pictures=pictures, removals=record.read(trees[0]), tree=trees[0], holdings=holdings)


def owned_tree(image: FoundImage, means: Means) -> Tree:
    """The image's tree; where paredown made the image, its layers tell what packages and distributions do not."""
    tree = ownership.attribute(read_layers(image.layers, means.store, means.progress))
    entries = dict(tree)
    made = record.PATH in tree
    for name, layer in zip(_names(image), image.layers, strict=True):
        for path in read_layers((layer,), means.store, means.progress) if made else ():
            entries[path] = _owned(entries[path], name)
    return Tree(entries)


def _owned(entry: Entry, layer: str) -> Entry:
    kind = entry.owner.kind
    if layer == layers.SYSTEM and kind is OwnerKind.BASE:
        return replace(entry, owner=replace(entry.owner, kind=OwnerKind.SYSTEM))
    if layer == layers.APP and kind is OwnerKind.DISTRIBUTION:
        return replace(entry, owner=replace(entry.owner, kind=OwnerKind.APP))
    if kind is not OwnerKind.UNKNOWN:
        return entry
    if layer in _PACKAGES:
        return replace(entry, owner=Owner(_PACKAGES[layer]))
    return replace(entry, owner=APP if layer == layers.APP else PAREDOWN)


def pictured(image: FoundImage, tree: Tree, means: Means) -> Picture:
    """The picture of `image`, by the owners in `tree`; layers as they are stored."""
    compressed: dict[Owner, int] = defaultdict(int)
    for layer in image.layers:
        for owner, size in measure(layer.blob, tree, means.store).items():
            compressed[owner] += size
    owners: tuple[OwnerSize, ...] = merged(owner_sizes(tree, compressed))
    return Picture(
        platform=str(image.platform),
        digest=image.digest,
        layers=tuple(
            LayerSize(
                name=name,
                digest=layer.blob.digest,
                diff_id=layer.diff_id,
                uncompressed=means.store.blob_path(layer.diff_id).stat().st_size,
                compressed=layer.blob.size,
            )
            for name, layer in zip(_names(image), image.layers, strict=True)
        ),
        owners=owners,
        uncompressed=tree.size,
        compressed=sum(layer.blob.size for layer in image.layers),
    )


def _names(image: FoundImage) -> list[str]:
    """What the image's history calls each layer."""
    made = [history.created_by for history in image.config.history if not history.empty_layer]
    if len(made) != len(image.layers):
        return ["" for _ in image.layers]
    return [text.removeprefix(MADE_BY) for text in made]
