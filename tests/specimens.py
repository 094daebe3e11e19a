"""A Specimen: an image of some layers, pictured as an engine would see it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from builders import image_of
from paredown.measures.interface import Life, Specimen
from paredown.result import LayerSize, Picture
from paredown.tree import Tree


def specimen(store: Path, *layers: Tree, life: Life | None = None, facts: dict[str, Any] | None = None, **config: Any) -> Specimen:
    """`layers` from the lowest on; each one's compressed size is that of its files."""
    tree = layers[0].over(*layers[1:])
    image = image_of(tree, store, **config)
    sizes = tuple(LayerSize(name="", digest="", diff_id="", uncompressed=layer.size, compressed=layer.size) for layer in layers)
    picture = Picture(platform="linux/amd64", digest="", layers=sizes, owners=(), uncompressed=tree.size, compressed=sum(layer.size for layer in layers))
    image = replace(image, facts=replace(image.facts, **(facts or {})))
    return Specimen(image=image, picture=picture, layers=layers, life=life or Life())
