"""Findings as commands of a GitHub workflow, which shows them beside the lines of a change.

Notation: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterator

from paredown.finding import Checked, Checkup, Finding, Severity
from paredown.reports.shown import harmless

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def annotations(checkup: Checkup) -> str:
    """One line for each finding, and for each file that cannot be read."""
    return "".join(f"{line}\n" for checked in checkup.files for line in _of(checked))


def _of(checked: Checked) -> Iterator[str]:
    if checked.problem:
        yield f"::error file={_property(checked.location)},title=paredown::{_message(checked.problem.what)}"
    for finding in checked.findings:
        advice = f"\n{finding.advice}" if finding.advice else ""
        properties = ",".join(f"{name}={_property(str(value))}" for name, value in _properties(finding, checked))
        yield f"::{_COMMANDS[finding.severity]} {properties}::{_message(finding.message + advice)}"


def _properties(finding: Finding, checked: Checked) -> Iterator[tuple[str, object]]:
    place = finding.place
    yield "file", checked.location
    if place.line:
        yield "line", place.line
        yield "endLine", place.end_line
        if place.end_line == place.line:  # columns are of one line only
            yield "col", place.column
            yield "endColumn", max(place.end_column - 1, place.column)
    yield "title", f"paredown {finding.rule}"


def _message(text: str) -> str:
    return harmless(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
