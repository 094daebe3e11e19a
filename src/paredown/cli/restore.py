"""`paredown restore`: what `paredown slim` took comes back, without a build."""

import sys
from pathlib import Path

import click

from paredown.cli import options


@click.command()
@click.argument("image")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--from", "spare", metavar="FILE", required=True, type=click.Path(path_type=Path), help="The file that `paredown slim --spare` wrote.")
@click.option("--tag", "-t", metavar="NAME[:TAG]", help="Name of the new image. Default: the old one's, with -restored behind it.")
@options.outputs
@options.load
@options.compression
@options.quiet
def restore(image: str, paths: tuple[str, ...], spare: Path, tag: str | None, output: tuple[Path, ...], load: bool, compression: str, quiet: bool) -> None:
    """Put PATHs that were taken from IMAGE back, as one more layer.

    IMAGE is what `paredown slim` wrote: a file, an OCI layout folder, or a reference in the local Docker or Podman. PATHs are globs as those of `--keep`.
    What they need comes with them: what a link leads to, libraries, the metadata of their distribution.
    """
    from paredown import restoring
    from paredown.cli import surroundings
    from paredown.cli.progress_bars import progress_bars

    with progress_bars(quiet=quiet) as progress:
        request = restoring.Request(image=image, spare=spare, patterns=paths, tag=tag, outputs=output, load=load, compression=compression)
        restored = restoring.restore(request, surroundings.means(progress, mirror=None, locked=False))
    if not quiet:
        from paredown.reports.terminal import restored_summary

        sys.stderr.write(restored_summary(restored.chosen, restored.needed, restored.size, restored.artifacts, surroundings.ink(sys.stderr)) + "\n")
    sys.stdout.write(restored.digest + "\n")
