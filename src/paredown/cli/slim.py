"""`paredown slim`: a finished image becomes a small one."""

import sys
from pathlib import Path

import click

from paredown.cli import options
from paredown.errors import ANSWER_IS_NO


@click.command()
@click.argument("image")
@click.option("--tag", "-t", metavar="NAME[:TAG]", help="Name of the new image. Default: the old one's, with -slim behind it.")
@click.option(
    "--trim", metavar="LEVEL", type=click.Choice(["safe", "lean", "tight"]), default="lean", show_default=True,
    help="How much to take away: safe, lean or tight (never without proof).",
)  # fmt: skip
@click.option("--keep", multiple=True, metavar="GLOB", help="Paths that stay, whatever a trim says. May be given again.")
@options.outputs
@options.load
@options.compression
@click.option("--spare", metavar="FILE", type=click.Path(path_type=Path), help="Write what was taken to FILE.tar, for `paredown restore`.")
@click.option("--debug-companion", metavar="NAME", help="Write a second image: this one with shell and tools. NAME[:TAG] or FILE.tar.")
@options.runner
@options.settings_of
@click.option("--no-verify", is_flag=True, help="Do not prove that the image behaves as it did.")
@options.allow_unproven
@options.explain
@options.advisories
@options.output_format
@options.quiet
def slim(
    image: str,
    tag: str | None,
    trim: str,
    keep: tuple[str, ...],
    output: tuple[Path, ...],
    load: bool,
    compression: str,
    spare: Path | None,
    debug_companion: str | None,
    runner: str | None,
    project: Path,
    no_verify: bool,
    allow_unproven: bool,
    explain: str | None,
    advisories: tuple[Path, ...],
    output_format: str,
    quiet: bool,
) -> None:
    """Carve a small image out of IMAGE, and prove that it behaves as before.

    IMAGE is a file, an OCI layout folder, or a reference in the local Docker or Podman. What a difference is blamed on is given back.
    Exit 0: equivalent, 1: different or unproven.
    """
    from paredown import slimming
    from paredown.cli import surroundings
    from paredown.cli.progress_bars import progress_bars
    from paredown.plan import Level

    with progress_bars(quiet=quiet) as progress:
        request = slimming.Request(
            image=image,
            tag=tag,
            level=Level(trim),
            outputs=output,
            load=load,
            compression=compression,
            project=project,
            runner=runner,
            keep=keep,
            verify=not no_verify,
            advisories=advisories,
            spare=spare,
            companion=debug_companion,
        )
        slimmed = slimming.slim(request, surroundings.means(progress, mirror=None, locked=False))
    result = slimmed.result
    if output_format == "json":
        from paredown.reports.json import result_text

        sys.stdout.write(result_text(result))
    else:
        from paredown.reports.explanation import explanation
        from paredown.reports.holdings import holdings_text
        from paredown.reports.terminal import build_summary
        from paredown.reports.verdict import verdict_lines

        ink = surroundings.ink(sys.stderr)
        if not quiet:
            sys.stderr.write(build_summary(result, ink) + "\n")
            if result.holdings is not None:
                sys.stderr.write("\n" + holdings_text(result.holdings, ink) + "\n\n")
            if result.verdict is not None:
                sys.stderr.write(verdict_lines(result.verdict, ink) + "\n")
        if explain is not None:
            from paredown.needs import reasons
            from paredown.result import KEEP_OPTION

            sys.stdout.write(explanation(explain, result.removals, slimmed.tree, KEEP_OPTION, reasons(slimmed.tree, slimmed.facts)) + "\n")
        sys.stdout.write(result.digest + "\n")
    sys.exit(0 if result.verdict is None or result.verdict.passes(allow_unproven=allow_unproven) else ANSWER_IS_NO)
