"""Configurations and packed layers become an image set: the documents that point at the blobs, ready to be written anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from paredown.oci.layer_writer import PackedLayer
from paredown.oci.model import CONFIG, INDEX, MANIFEST, Descriptor, History, ImageConfig, Index, Manifest, Pairs, descriptor_of


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
    history = tuple(History(created=config.created, created_by=f"paredown: {name}") for name, _ in layers)
    config = replace(config, diff_ids=tuple(layer.diff_id for _, layer in layers), history=history)
    config_bytes = config.to_bytes()
    config_descriptor = descriptor_of(CONFIG, config_bytes)
    manifest = Manifest(config=config_descriptor, layers=tuple(layer.descriptor for _, layer in layers), annotations=annotations)
    manifest_bytes = manifest.to_bytes()
    return Image(
        config=config,
        config_bytes=config_bytes,
        manifest_bytes=manifest_bytes,
        descriptor=descriptor_of(MANIFEST, manifest_bytes, platform=config.platform),
        config_descriptor=config_descriptor,
        layers=tuple(layer for _, layer in layers),
    )


def image_set(images: Sequence[Image], *, reference: str, annotations: Pairs = ()) -> ImageSet:
    """`images` under one name; more than one get an index, in the order given."""
    if len(images) == 1:
        return ImageSet(reference=reference, images=tuple(images), top=images[0].descriptor, index_bytes=None)
    index_bytes = Index(manifests=tuple(image.descriptor for image in images), annotations=annotations).to_bytes()
    return ImageSet(reference=reference, images=tuple(images), top=descriptor_of(INDEX, index_bytes), index_bytes=index_bytes)
