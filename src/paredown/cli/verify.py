"""`paredown verify`: two images compared, at rest and running."""

import sys
from pathlib import Path

import click

from paredown.cli import options
from paredown.errors import ANSWER_IS_NO


@click.command()
@click.argument("before")
@click.argument("after")
@options.runner
@options.settings_of
@click.option("--intended", multiple=True, metavar="GLOB", help="Declare a difference, as the report names it: 'configuration: user'.")
@click.option("--fail-fast", is_flag=True, help="Start nothing when the images differ at rest already.")
@options.allow_unproven
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Measure both, too, and write it down: .html, .md or .json. May be given again.",
)
@options.output_format
@click.option("--verbose", "-v", is_flag=True, help="Name every route, mask, intended difference and skipped check.")
@options.quiet
def verify(
    before: str,
    after: str,
    runner: str | None,
    project: Path,
    intended: tuple[str, ...],
    fail_fast: bool,
    allow_unproven: bool,
    reports: tuple[Path, ...],
    output_format: str,
    verbose: bool,
    quiet: bool,
) -> None:
    """Prove that the image AFTER behaves as the image BEFORE did, or find out how not.

    Each is a file, an OCI layout folder, or a reference in the local Docker or Podman. Exit 0: equivalent, 1: different or unproven.
    """
    from paredown import verification
    from paredown.cli import surroundings
    from paredown.cli.progress_bars import progress_bars
    from paredown.reports import comparison

    for path in reports:
        comparison.check(path)
    with progress_bars(quiet=quiet) as progress:
        means = surroundings.means(progress, mirror=None, locked=False)
        given = verification.match(before, after, runner=runner, project=project, intended=intended, means=means)
        verdict = verification.decided(given, means, fail_fast=fail_fast)
        if reports:
            from paredown import measuring

            found = measuring.compare(given.before, given.after, verdict, runner=given.runner, settings=given.settings, means=means)
            for path in reports:
                comparison.write(found, path)
    for path in reports:
        sys.stderr.write(f"wrote {path}\n")
    if output_format == "json":
        from paredown.reports.json import verdict_text

        sys.stdout.write(verdict_text(verdict))
    else:
        from paredown.reports.verdict import verdict_report

        if not quiet:
            sys.stderr.write(verdict_report(verdict, surroundings.ink(sys.stderr), verbose=verbose) + "\n")
        sys.stdout.write(f"{verdict.answer}\n")
    sys.exit(0 if verdict.passes(allow_unproven=allow_unproven) else ANSWER_IS_NO)
