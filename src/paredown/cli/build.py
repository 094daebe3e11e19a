"""`paredown build`: a project becomes an image."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from paredown.errors import UserError


class Format(StrEnum):
    """How an answer is written."""

    TEXT = "text"
    JSON = "json"


def build(
    path: Annotated[Path, typer.Argument(help="The project's folder.", show_default=False)] = Path(),
    tag: Annotated[str | None, typer.Option("--tag", "-t", help="Name of the image, NAME or NAME:TAG. Default: the project's name.")] = None,
    platform: Annotated[list[str] | None, typer.Option(help="linux/amd64, linux/arm64, or both with a comma. Default: this machine's.")] = None,
    output: Annotated[
        list[Path] | None, typer.Option("--output", "-o", help="Where to write: FILE.tar (OCI layout and docker-archive in one) or a folder (OCI layout).")
    ] = None,
    load: Annotated[bool, typer.Option("--load", help="Put the image into the local Docker or Podman.")] = False,
    trim: Annotated[str | None, typer.Option(help="How much to take away: none, safe or lean. Default: lean.")] = None,
    bytecode: Annotated[str | None, typer.Option(help="What to compile ahead: imported, all or none. Default: imported.")] = None,
    compression: Annotated[str, typer.Option(help="Of the layers: gzip, gzip-max, zstd or zstd-max.")] = "gzip",
    locked: Annotated[bool, typer.Option("--locked", help="Refuse anything that paredown.lock does not pin.")] = False,
    mirror: Annotated[str | None, typer.Option(help="The Debian mirror to use; its paths are /debian and /debian-security.")] = None,
    explain: Annotated[str | None, typer.Option(metavar="PATH", help="Say what became of one path of the image, and why.")] = None,
    output_format: Annotated[Format, typer.Option("--format", help="text, or json for machines (on stdout).")] = Format.TEXT,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the answer.")] = False,
) -> None:
    """Make a minimal image from a Python project, without Docker."""
    from paredown import pipeline
    from paredown.cli import surroundings
    from paredown.cli.progress_bars import progress_bars

    with progress_bars(quiet=quiet) as progress:
        means = surroundings.means(progress, mirror=mirror, locked=locked)
        request = pipeline.Request(
            project=path,
            tag=tag,
            platforms=tuple(name for item in platform or () for name in item.split(",")),
            outputs=tuple(output or ()),
            load=load,
            trim=trim,
            bytecode=bytecode,
            compression=compression,
        )
        result = pipeline.build(request, means)
    if output_format is Format.JSON:
        from paredown.reports.json import result_text

        sys.stdout.write(result_text(result))
        return
    if not quiet:
        from paredown.reports.terminal import build_summary

        surroundings.show(build_summary(result), answer=False)
    if explain is not None:
        from paredown.inspection import inspect
        from paredown.reports.explanation import explanation

        written = next((artifact.where for artifact in result.artifacts if artifact.kind.startswith("OCI layout")), None)
        if written is None:
            raise UserError("--explain reads the image that was written, and --load alone writes none", fix="name an --output, too")
        sys.stdout.write(explanation(explain, result.removals, inspect(Path(written), means).tree) + "\n")
    sys.stdout.write(result.digest + "\n")
