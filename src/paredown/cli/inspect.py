"""`paredown inspect`: where the bytes of an image sit, and what became of a path."""

import sys
from pathlib import Path

import click

from paredown.cli.build import FORMATS


@click.command()
@click.argument("image", type=click.Path(path_type=Path))
@click.option("--explain", metavar="PATH", help="Say what became of one path of the image, and why.")
@click.option("--layers", is_flag=True, help="Show the layers too.")
@click.option(
    "--advisories",
    metavar="PATH",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Advisory data to look the packages up in: a file, folder or .zip in OSV's JSON, or Debian's list. May be given again.",
)
@click.option("--format", "output_format", type=FORMATS, default="text", show_default=True, help="json is for machines.")
def inspect(image: Path, explain: str | None, layers: bool, advisories: tuple[Path, ...], output_format: str) -> None:
    """Show the bytes of an image by their owner, uncompressed and compressed."""
    from paredown import inspection as inspections
    from paredown.cli import surroundings
    from paredown.progress import Quiet

    inspection = inspections.inspect(image, surroundings.means(Quiet(), mirror=None, locked=False), advisories)
    if explain is not None:
        from paredown.reports.explanation import explanation

        sys.stdout.write(explanation(explain, inspection.removals, inspection.tree) + "\n")
        return
    if output_format == "json":
        from paredown.reports.json import picture_text

        sys.stdout.write(picture_text(str(image), inspection.pictures, inspection.removals, inspection.holdings))
        return
    from paredown.reports.holdings import holdings_text
    from paredown.reports.terminal import layers_table, picture_table, removals_table

    ink = surroundings.ink(sys.stdout)
    parts = [table for picture in inspection.pictures for table in (picture_table(picture, ink), *((layers_table(picture, ink),) if layers else ()))]
    if inspection.removals:
        parts.append(removals_table(inspection.removals, ink))
    if inspection.holdings is not None:
        parts.append(holdings_text(inspection.holdings, ink))
    sys.stdout.write("\n\n".join(parts) + "\n")
