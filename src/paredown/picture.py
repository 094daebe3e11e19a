"""An image in figures: what each owner weighs in each layer, and all layers together."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from paredown.oci.layer_writer import PackedLayer
from paredown.result import LayerSize, OwnerSize, Picture
from paredown.tree import Kind, Owner, Tree


def owner_sizes(tree: Tree, compressed: dict[Owner, int]) -> tuple[OwnerSize, ...]:
    """What each owner weighs in the layer that is `tree`."""
    files: dict[Owner, int] = defaultdict(int)
    sizes: dict[Owner, int] = defaultdict(int)
    inodes: set[str] = set()
    for entry in tree.values():
        if entry.kind is Kind.FILE and not (entry.inode and entry.inode in inodes):
            inodes.add(entry.inode)
            files[entry.owner] += 1
            sizes[entry.owner] += entry.size
    owners = sorted({*files, *compressed})
    return tuple(OwnerSize(owner=owner, files=files[owner], uncompressed=sizes[owner], compressed=compressed.get(owner, 0)) for owner in owners)


def merged(sizes: Iterable[OwnerSize]) -> tuple[OwnerSize, ...]:
    """Each owner once: what it weighs in all layers together."""
    sums: dict[Owner, tuple[int, int, int]] = {}
    for size in sizes:
        files, plain, compressed = sums.get(size.owner, (0, 0, 0))
        sums[size.owner] = (files + size.files, plain + size.uncompressed, compressed + size.compressed)
    return tuple(OwnerSize(owner=owner, files=sums[owner][0], uncompressed=sums[owner][1], compressed=sums[owner][2]) for owner in sorted(sums))


def picture_of(platform: str, digest: str, layers: Sequence[tuple[str, PackedLayer]], owners: tuple[OwnerSize, ...]) -> Picture:
    """The picture of an image with these (name, layer) pairs."""
    return Picture(
        platform=platform,
        digest=digest,
        layers=tuple(
            LayerSize(
                name=name,
                digest=layer.descriptor.digest,
                diff_id=layer.diff_id,
                uncompressed=layer.uncompressed,
                compressed=layer.descriptor.size,
                reused=layer.reused,
            )
            for name, layer in layers
        ),
        owners=owners,
        uncompressed=sum(size.uncompressed for size in owners),
        compressed=sum(layer.descriptor.size for _, layer in layers),
    )
