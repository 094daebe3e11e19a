"""What the layers cost: how many there are, what lies hidden below later ones, and what a changed line of code has pulled again."""

from collections.abc import Iterator

from paredown.comparison import Figure, Group, Measured, NotMeasured, Reading, Unit
from paredown.measures.interface import Specimen
from paredown.tree import OwnerKind


def measure(specimen: Specimen) -> Iterator[Reading]:
    """Of the layers as stored, the lowest first."""
    hidden = sum(layer.size for layer in specimen.layers) - specimen.image.tree.size
    yield Reading(group=Group.LAYERS, name="layers", unit=Unit.COUNT, value=Figure(len(specimen.layers)), neutral=True)
    yield _reading("hidden by later layers, uncompressed", Unit.BYTES, Figure(max(0, hidden)), "files that a later layer replaces or deletes")
    yield _reading("pulled again after a change of code, compressed", Unit.BYTES, _pulled_again(specimen), "the layers with files of the app, and those above")


def first_with_code(specimen: Specimen) -> int | None:
    """The index of the lowest layer that has files of the app; None when the app's files are not known."""
    app = {path for path, entry in specimen.image.tree.items() if entry.owner.kind is OwnerKind.APP}
    return next((index for index, layer in enumerate(specimen.layers) if not app.isdisjoint(layer)), None)


def _pulled_again(specimen: Specimen) -> Measured:
    first = first_with_code(specimen)
    if first is None:
        return NotMeasured("which files are the app's is not known")
    return Figure(sum(layer.compressed for layer in specimen.picture.layers[first:]))


def _reading(name: str, unit: Unit, value: Measured, how: str) -> Reading:
    return Reading(group=Group.LAYERS, name=name, unit=unit, value=value, how=how)
