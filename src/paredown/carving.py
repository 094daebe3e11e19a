"""A finished image's tree less what its service does not need, true in all its records, and packed into layers."""

from dataclasses import dataclass

from paredown import trims
from paredown.bookkeeping import true_to_itself
from paredown.composers.interface import Means
from paredown.foundation import packed_layer
from paredown.needs import Needs
from paredown.oci.assemble import Image as Made
from paredown.oci.assemble import image_of as assembled
from paredown.oci.model import ImageConfig
from paredown.packers import layers
from paredown.picture import merged, picture_of
from paredown.pydist.facts import Facts
from paredown.result import Picture, Removal
from paredown.store import Store
from paredown.tree import Tree
from paredown.trims.interface import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Carving:
    """What is left, what went, and what was known of it in the end."""

    tree: Tree
    removals: tuple[Removal, ...]
    facts: Facts


def carve(needs: Needs, level: Level, spared: frozenset[str], store: Store) -> Carving:
    """The image of `needs` less what the trims of `level` name; `spared` are paths that were given back."""
    tree = needs.tree
    trimmed = trims.apply(tree, needs.facts(tree, level, spared), level, store)
    # What was named only by what is gone now goes, too.
    facts = needs.facts(trimmed.tree, level, spared)
    further = trims.apply(trimmed.tree, facts, level, store)
    taken = {removal.path: removal for removal in (*trimmed.removals, *further.removals)}
    removals = tuple(taken[path] for path in sorted(taken))
    small = true_to_itself(tree, further.tree, needs.image.facts.distributions, removals, needs.image.removals)
    return Carving(tree=small, removals=removals, facts=facts)


def pack(tree: Tree, config: ImageConfig, compression: str, means: Means) -> tuple[Made, Picture]:
    """`tree` in layers, under `config`; the image and what its layers weigh."""
    packed = [packed_layer(layer, compression, means) for layer in layers.split(tree)]
    stack = [(name, layer) for name, layer, _ in packed]
    made = assembled(config, stack)
    owners = merged(owner for _, _, sizes in packed for owner in sizes)
    return made, picture_of(str(config.platform), made.descriptor.digest, stack, owners)
