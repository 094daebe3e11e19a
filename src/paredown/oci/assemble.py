"""Configurations and packed layers become an image set: the documents that point at the blobs, ready to be written anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from paredown.oci.layer_writer import PackedLayer
from paredown.oci.model import CONFIG, INDEX, MANIFEST, Descriptor, History, ImageConfig, Index, Manifest, Pairs, descriptor_of

MADE_BY = "paredown: "  # in the history, before the name of a layer


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One platform's image: its documents as bytes, and its layers, whose blobs lie in the store."""

    config: ImageConfig
    config_bytes: bytes
    manifest_bytes: bytes
    descriptor: Descriptor
    config_descriptor: Descriptor
    layers: tuple[PackedLayer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSet:
    """One image, or one for each of several platforms under an index. `top` is what a name points at, `reference` is `NAME:TAG`."""

    reference: str
    images: tuple[Image, ...]
    top: Descriptor
    index_bytes: bytes | None

    @property
    def digest(self) -> str:
        return self.top.digest


def image_of(config: ImageConfig, layers: Sequence[tuple[str, PackedLayer]], *, annotations: Pairs = ()) -> Image:
    """The image of `config` and its (name, layer) pairs, the lowest first; they give it its diff_ids and its history."""
    history = tuple(History(created=config.created, created_by=f"{MADE_BY}{name}") for name, _ in layers)
    stack = tuple(layer for _, layer in layers)
    return _image(replace(config, diff_ids=tuple(layer.diff_id for layer in stack), history=history), stack, annotations)


def _image(config: ImageConfig, layers: tuple[PackedLayer, ...], annotations: Pairs) -> Image:
    config_bytes = config.to_bytes()
    config_descriptor = descriptor_of(CONFIG, config_bytes)
    manifest_bytes = Manifest(config=config_descriptor, layers=tuple(layer.descriptor for layer in layers), annotations=annotations).to_bytes()
    return Image(
        config=config,
        config_bytes=config_bytes,
        manifest_bytes=manifest_bytes,
        descriptor=descriptor_of(MANIFEST, manifest_bytes, platform=config.platform),
        config_descriptor=config_descriptor,
        layers=layers,
    )


def image_set(images: Sequence[Image], *, reference: str, annotations: Pairs = ()) -> ImageSet:
    """`images` under one name; more than one get an index, in the order given."""
    if len(images) == 1:
        return ImageSet(reference=reference, images=tuple(images), top=images[0].descriptor, index_bytes=None)
    index_bytes = Index(manifests=tuple(image.descriptor for image in images), annotations=annotations).to_bytes()
    return ImageSet(reference=reference, images=tuple(images), top=descriptor_of(INDEX, index_bytes), index_bytes=index_bytes)


def image_over(below: ImageConfig, layers: Sequence[PackedLayer], added: Sequence[tuple[str, PackedLayer]]) -> Image:
    """The image of `below` and its `layers` with the `added` (name, layer) pairs on top; nothing else of it changes."""
    history = (*below.history, *(History(created=below.created, created_by=f"{MADE_BY}{name}") for name, _ in added))
    stack = (*layers, *(layer for _, layer in added))
    return _image(replace(below, diff_ids=tuple(layer.diff_id for layer in stack), history=history), stack, ())
