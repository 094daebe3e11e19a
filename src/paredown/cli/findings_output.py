"""Findings as they leave the process: the answer in the format that was asked for, and what is told on stderr."""

import sys
from typing import TextIO

from paredown import __version__
from paredown.cli import surroundings
from paredown.finding import Checkup
from paredown.reports.ink import Ink


def text_of(checkup: Checkup, output_format: str, screen: TextIO | None, *, diff: bool, quiet: bool, verbose: bool) -> str:
    """The findings in `output_format`; `screen` is where they will be shown, None for a file."""
    match output_format:
        case "json":
            from paredown.reports.json import checkup_text

            return checkup_text(checkup)
        case "sarif":
            from paredown.reports.sarif import sarif_text

            return sarif_text(checkup, __version__)
        case "github":
            from paredown.reports.github import annotations

            return annotations(checkup)
    from paredown.reports.findings import diff_text, findings_lines, findings_report

    ink = surroundings.ink(screen) if screen else Ink(colours=False)
    text = diff_text(checkup, ink) if diff else findings_lines(checkup) if quiet else findings_report(checkup, ink, verbose=verbose)
    return f"{text}\n" if text else ""


def tell(checkup: Checkup, *, written: bool, quiet: bool) -> None:
    """What stderr gets: what cannot be read, what was mended, and how much there is."""
    from paredown.reports.findings import mended_lines, summary
    from paredown.reports.shown import harmless

    for problem in checkup.problems:
        sys.stderr.write(harmless(f"{problem}\n"))
    if not quiet:
        told = [mended_lines(checkup, written=written), summary(checkup, written=written)]
        sys.stderr.write("".join(f"{text}\n" for text in told if text))
