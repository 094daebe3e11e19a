"""How much there is: bytes of the files, bytes as an engine pushes them, number of files."""

from collections.abc import Iterator

from paredown.comparison import Figure, Group, Reading, Unit
from paredown.measures.interface import Specimen


def measure(specimen: Specimen) -> Iterator[Reading]:
    """Of the image as a whole, hard-linked files once."""
    picture = specimen.picture
    files = sum(owner.files for owner in picture.owners)
    yield _reading("image, uncompressed", Unit.BYTES, picture.uncompressed, "the files of the root file system")
    yield _reading("image, compressed", Unit.BYTES, picture.compressed, "the layers as they are pushed and pulled; one that was stored plain by gzip")
    yield _reading("files", Unit.COUNT, files, "hard links of one file count once")


def _reading(name: str, unit: Unit, value: int, how: str) -> Reading:
    return Reading(group=Group.SIZE, name=name, unit=unit, value=Figure(value), how=how)
