"""Images delivered: as files, as layout folders, into a local engine."""

from pathlib import Path

from paredown.composers.interface import Means
from paredown.oci import layout
from paredown.oci.assemble import ImageSet
from paredown.result import Artifact

LAYOUT = "OCI layout"


def deliver(made: ImageSet, outputs: tuple[Path, ...], means: Means, *, load: bool) -> tuple[Artifact, ...]:
    """Write `made` to each of `outputs` (a `.tar` or a folder), and put it into the local engine where it is to be loaded; what was written."""
    artifacts: list[Artifact] = []
    for path in outputs:
        if path.suffix == ".tar":
            layout.write_tar(made, path, means.store)
            artifacts.append(Artifact(kind=f"{LAYOUT} and docker-archive", where=str(path), digest=made.digest))
        else:
            layout.write_folder(made, path, means.store)
            artifacts.append(Artifact(kind=LAYOUT, where=str(path), digest=made.digest))
    if load:
        from paredown.oci import engine  # noqa: PLC0415  (few builds load)

        found = engine.find_engine(means.environment)
        tar = means.store.scratch / "load.tar"
        layout.write_tar(made, tar, means.store)
        artifacts.append(Artifact(kind=f"loaded into {found.name}", where=engine.load(tar, found, means.environment), digest=made.digest))
        tar.unlink()
    return tuple(artifacts)
