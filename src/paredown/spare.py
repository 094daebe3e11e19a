"""What was taken from an image, as an image of one layer: laid over the slimmed image it gives the one before."""

from dataclasses import dataclass
from pathlib import Path

from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.foundation import packed_layer
from paredown.oci.assemble import MADE_BY, Image, ImageSet, image_of, image_set
from paredown.oci.layer_reader import StoredLayer
from paredown.oci.layout_reader import FoundImage, read
from paredown.oci.model import ImageConfig
from paredown.packers.layers import NamedLayer
from paredown.putting_back import changed
from paredown.tree import Tree

SUFFIX = "-spare"
LABEL = "paredown.spare-of"  # the digest of the slimmed image
_LAYERS = "paredown.spare-of.layers"  # the digests of its layers, unpacked: engines may name the same image otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """A spare file: its layer, for which machine, and the image that it belongs to by its digest and those of its layers."""

    layer: StoredLayer
    architecture: str
    image: str
    layers: tuple[str, ...]


def spare_of(made: Image, whole: Tree, small: Tree, reference: str, compression: str, means: Means) -> ImageSet:
    """The spare file of `made`, whose tree is `small`, carved out of `whole`."""
    name, packed, _ = packed_layer(NamedLayer("spare", changed(small, whole)), compression, means)
    labels = ((LABEL, made.descriptor.digest), (_LAYERS, " ".join(made.config.diff_ids)))
    config = ImageConfig(platform=made.config.platform, created=made.config.created, labels=labels)
    return image_set([image_of(config, [(name, packed)])], reference=reference)


def read_spare(path: Path) -> Spare:
    """The spare file at `path`. UserError when it is none."""
    if not path.exists():
        raise UserError(f"there is no {path}", where=str(path), fix="name the file that `paredown slim --spare` wrote")
    found = read(path)[0]
    labels = dict(found.config.labels)
    if LABEL not in labels or not labels.get(_LAYERS):
        raise UserError(f"{path} is an image and no spare file", where=str(path), fix="name the file that `paredown slim --spare` wrote")
    return Spare(layer=found.layers[-1], architecture=found.platform.architecture, image=labels[LABEL], layers=tuple(labels[_LAYERS].split()))


def belongs(spare: Spare, image: FoundImage) -> bool:
    """Whether `image` is the one that the spare file was written with, or that one with what paredown put back."""
    count = len(spare.layers)
    if tuple(layer.diff_id for layer in image.layers[:count]) != spare.layers:
        return False
    made = [history.created_by for history in image.config.history if not history.empty_layer]
    return len(image.layers) == count or (len(made) == len(image.layers) and all(text.startswith(MADE_BY) for text in made[count:]))
