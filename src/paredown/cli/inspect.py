"""`paredown inspect`: where the bytes of an image sit, and what became of a path."""

import sys
from pathlib import Path

import click

from paredown.cli import options


@click.command()
@click.argument("image", type=click.Path(path_type=Path))
@options.explain
@click.option("--layers", is_flag=True, help="Show the layers too.")
@options.advisories
@options.output_format
def inspect(image: Path, explain: str | None, layers: bool, advisories: tuple[Path, ...], output_format: str) -> None:
    """Show the bytes of an image by their owner, uncompressed and compressed."""
    from paredown import inspection as inspections
    from paredown.cli import surroundings
    from paredown.progress import Quiet

    inspection = inspections.inspect(image, surroundings.means(Quiet(), mirror=None, locked=False), advisories)
    if explain is not None:
        from paredown.reports.explanation import EITHER, explanation

        sys.stdout.write(explanation(explain, inspection.removals, inspection.tree, EITHER) + "\n")
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
