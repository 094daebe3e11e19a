"""`paredown check`: what is wrong with Dockerfiles, compose files, ignore files and images, line by line."""

import sys
from pathlib import Path

import click

from paredown.errors import ANSWER_IS_NO

FORMATS = click.Choice(["text", "json", "sarif", "github"])


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH|IMAGE]...")
@click.option("--fix", is_flag=True, help="Mend in place what can be mended without any change of behaviour.")
@click.option("--unsafe-fixes", is_flag=True, help="Mend in place, too, what may change behaviour: look at the outcome.")
@click.option("--diff", is_flag=True, help="Show what --fix (or --unsafe-fixes) would do, and change nothing.")
@click.option("--select", multiple=True, metavar="RULES", help="Only these rules, by their ids or others' (DL3006, CIS-DI-0001), with commas.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Not these rules.")
@click.option("--fail-on", type=click.Choice(["error", "warning", "info"]), help="Exit 1 for findings as bad as this, or worse. Default: warning.")
@click.option(
    "--context", type=click.Path(path_type=Path, exists=True, file_okay=False), help="The folder that Dockerfiles are built from. Default: their own."
)
@click.option("--format", "output_format", type=FORMATS, default="text", show_default=True, help="github makes annotations of a workflow.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the findings to FILE instead of stdout.")
@click.option("--verbose", "-v", is_flag=True, help="Why and by which source at every finding; files without one.")
@click.option("--quiet", "-q", is_flag=True, help="One line for each finding, and no more.")
def check(
    paths: tuple[str, ...],
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
    context: Path | None,
    output_format: str,
    output: Path | None,
    verbose: bool,
    quiet: bool,
) -> None:
    """Find waste and risk in Dockerfiles, compose files, ignore files and images; mend what can be mended.

    A folder stands for all such files below it that git does not ignore; without any PATH it is this one. Exit 0: nothing found, 1: findings,
    2: something cannot be read.
    """
    from paredown import checking
    from paredown.cli import findings_output, surroundings
    from paredown.finding import Severity
    from paredown.progress import Quiet

    request = checking.Request(
        paths=paths,
        select=_names(select),
        ignore=_names(ignore),
        fail_on=Severity(fail_on) if fail_on else None,
        context=context,
        mend=checking.Mend.ALL if unsafe_fixes else checking.Mend.SAFE if fix or diff else checking.Mend.NOTHING,
        write=not diff,
    )
    checkup = checking.check(request, lambda: surroundings.means(Quiet(), mirror=None, locked=False))
    text = findings_output.text_of(checkup, output_format, sys.stdout if output is None else None, diff=diff, quiet=quiet, verbose=verbose)
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        output.write_text(text, "utf-8")
    findings_output.tell(checkup, written=not diff, quiet=quiet)
    sys.exit(max((problem.exit_code for problem in checkup.problems), default=ANSWER_IS_NO if any(one.failing for one in checkup.files) else 0))


def _names(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for item in given for name in item.split(",") if name.strip())
