"""What is written beside a slimmed image where it is asked for: the spare file, the debug companion."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from paredown import companion, spare
from paredown.composers.interface import Means
from paredown.delivery import deliver
from paredown.errors import UserError
from paredown.oci import layout
from paredown.oci.assemble import Image as Made
from paredown.oci.reference import familiar, name_for
from paredown.probes.interface import Image
from paredown.result import Artifact, Removal
from paredown.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is asked for: the spare file, and the companion by its name ("" for none) and the files it goes to; it is loaded where there are none."""

    reference: str
    spare: Path | None
    companion: str
    outputs: tuple[Path, ...]


def asked(image: Image, reference: str, spare_file: Path | None, companion_name: str | None, *, outputs: tuple[Path, ...], load: bool) -> Beside:
    """What goes beside the image `reference` carved out of `image`. A companion's name that ends in `.tar` is a file, any other that of an image.

    UserError for a place or name that cannot be or is one of `outputs`, and where `image` has nothing that a companion could have.
    """
    name, files = "", tuple[Path, ...]()
    if companion_name is not None:
        companion.refuse_without_shell(image.tree, image.name)
        in_file = companion_name.endswith(".tar")
        name = f"{name_for(reference)}{companion.SUFFIX}:latest" if in_file else companion_name
        familiar(name)
        files = (Path(companion_name),) if in_file else () if load else (Path(f"{name_for(name)}.oci.tar"),)
    taken = {path.absolute() for path in outputs}
    for path in (*files, *((spare_file,) if spare_file else ())):
        layout.refuse_unusable(path)
        if path.absolute() in taken:
            raise UserError(f"two images would be written to {path}", where=str(path), fix="name another file for one of them")
        taken.add(path.absolute())
    return Beside(reference=reference, spare=spare_file, companion=name, outputs=files)


def written(wanted: Beside, made: Made, small: Tree, image: Image, removals: tuple[Removal, ...], compression: str, means: Means) -> Iterator[Artifact]:
    """Write it; `small` is the tree of `made`, which was carved out of `image`."""
    if wanted.spare is not None:
        taken = spare.spare_of(made, image.tree, small, f"{name_for(wanted.reference)}{spare.SUFFIX}:latest", compression, means)
        yield from (replace(artifact, kind="spare file") for artifact in deliver(taken, (wanted.spare,), means, load=False))
    if wanted.companion:
        other = companion.companion_of(made, small, image, removals, wanted.companion, compression, means)
        for artifact in deliver(other, wanted.outputs, means, load=not wanted.outputs):
            yield replace(artifact, kind=f"debug companion, {artifact.kind}")
