"""`paredown inspect`: where the bytes of an image sit, and what became of a path."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from paredown.cli.build import Format


def inspect(
    image: Annotated[Path, typer.Argument(help="An OCI layout folder, or a tar of one, or a docker-archive.", show_default=False)],
    explain: Annotated[str | None, typer.Option(metavar="PATH", help="Say what became of one path of the image, and why.")] = None,
    layers: Annotated[bool, typer.Option("--layers", help="Show the layers too.")] = False,
    output_format: Annotated[Format, typer.Option("--format", help="text, or json for machines.")] = Format.TEXT,
) -> None:
    """Show the bytes of an image by their owner, uncompressed and compressed."""
    from paredown import inspection as inspections
    from paredown.cli import surroundings
    from paredown.progress import Quiet

    inspection = inspections.inspect(image, surroundings.means(Quiet(), mirror=None, locked=False))
    if explain is not None:
        from paredown.reports.explanation import explanation

        sys.stdout.write(explanation(explain, inspection.removals, inspection.tree) + "\n")
        return
    if output_format is Format.JSON:
        from paredown.reports.json import picture_text

        sys.stdout.write(picture_text(str(image), inspection.pictures, inspection.removals))
        return
    from paredown.reports.terminal import layers_table, picture_table, removals_table

    for picture in inspection.pictures:
        surroundings.show(picture_table(picture), answer=True)
        if layers:
            surroundings.show(layers_table(picture), answer=True)
    if inspection.removals:
        surroundings.show(removals_table(inspection.removals), answer=True)
