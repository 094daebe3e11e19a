"""`paredown build`: a project becomes an image."""

import sys
from pathlib import Path

import click

from paredown.cli import options
from paredown.errors import ANSWER_IS_NO, UserError


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--tag", "-t", metavar="NAME[:TAG]", help="Name of the image. Default: the project's name.")
@click.option("--platform", multiple=True, metavar="LIST", help="linux/amd64, linux/arm64, or both with a comma. Default: this machine's.")
@options.outputs
@options.load
@click.option("--trim", metavar="LEVEL", help="How much to take away: none, safe or lean. Default: lean.")
@click.option("--bytecode", metavar="WHICH", help="What to compile ahead: imported, all or none. Default: imported.")
@options.compression
@click.option("--locked", is_flag=True, help="Refuse anything that paredown.lock does not pin.")
@click.option("--mirror", metavar="URL", help="The Debian mirror; /debian and /debian-security lie below it.")
@click.option("--no-verify", is_flag=True, help="Do not prove that the image behaves as it would untrimmed.")
@options.allow_unproven
@options.explain
@options.output_format
@options.quiet
def build(
    path: Path,
    tag: str | None,
    platform: tuple[str, ...],
    output: tuple[Path, ...],
    load: bool,
    trim: str | None,
    bytecode: str | None,
    compression: str,
    locked: bool,
    mirror: str | None,
    no_verify: bool,
    allow_unproven: bool,
    explain: str | None,
    output_format: str,
    quiet: bool,
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
            platforms=tuple(name for item in platform for name in item.split(",")),
            outputs=output,
            load=load,
            trim=trim,
            bytecode=bytecode,
            compression=compression,
            verify=not no_verify,
        )
        result = pipeline.build(request, means)
    if output_format == "json":
        from paredown.reports.json import result_text

        sys.stdout.write(result_text(result))
        sys.exit(0 if result.verdict is None or result.verdict.passes(allow_unproven=allow_unproven) else ANSWER_IS_NO)
    if not quiet:
        from paredown.reports.terminal import build_summary

        ink = surroundings.ink(sys.stderr)
        sys.stderr.write(build_summary(result, ink) + "\n")
        if result.verdict is not None:
            from paredown.reports.verdict import verdict_lines

            sys.stderr.write(verdict_lines(result.verdict, ink) + "\n")
    if explain is not None:
        from paredown.inspection import inspect
        from paredown.reports.explanation import explanation
        from paredown.result import KEEP_SETTING

        written = next((artifact.where for artifact in result.artifacts if artifact.kind.startswith("OCI layout")), None)
        if written is None:
            raise UserError("--explain reads the image that was written, and --load alone writes none", fix="name an --output, too")
        sys.stdout.write(explanation(explain, result.removals, inspect(Path(written), means).tree, KEEP_SETTING) + "\n")
    sys.stdout.write(result.digest + "\n")
    sys.exit(0 if result.verdict is None or result.verdict.passes(allow_unproven=allow_unproven) else ANSWER_IS_NO)
