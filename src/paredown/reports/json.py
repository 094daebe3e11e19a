"""A Result, a Picture or a Verdict for machines: one JSON object, keys in a fixed order, sizes in bytes."""

import dataclasses
import json
from collections import defaultdict
from typing import Any

from paredown.dockerfile.syntax import line_and_column
from paredown.finding import Checked, Checkup, Finding
from paredown.holdings import Holdings
from paredown.reports.holdings import holdings_value
from paredown.result import Difference, Picture, Removal, Result, Verdict

SCHEMA = 1


def result_text(result: Result) -> str:
    """The whole of a build. Removals are grouped: trim -> reason -> paths."""
    return _text(
        {
            "schema": SCHEMA,
            "name": result.name,
            "digest": result.digest,
            "artifacts": [dataclasses.asdict(artifact) for artifact in result.artifacts],
            "platforms": [_picture(picture) for picture in result.pictures],
            "removals": _removals(result.removals),
            "skipped": [dataclasses.asdict(skipped) for skipped in result.skipped],
            "phases": [dataclasses.asdict(phase) for phase in result.phases],
            "notes": list(result.notes),
            "verdict": None if result.verdict is None else verdict_value(result.verdict),
            "holdings": None if result.holdings is None else holdings_value(result.holdings),
        }
    )


def picture_text(name: str, pictures: tuple[Picture, ...], removals: tuple[Removal, ...], holdings: Holdings | None = None) -> str:
    """The whole of an inspection."""
    value = {"schema": SCHEMA, "name": name, "platforms": [_picture(picture) for picture in pictures], "removals": _removals(removals)}
    return _text(value if holdings is None else {**value, "holdings": holdings_value(holdings)})


def verdict_text(verdict: Verdict) -> str:
    """The whole of a verdict. `exercised` and `known` are names; `checks` counts the observations of each probe."""
    return _text({"schema": SCHEMA, **verdict_value(verdict)})


def checkup_text(checkup: Checkup) -> str:
    """The whole of a check. Lines and columns count from 1, an end column is the one behind; line 0 stands for the whole of a file or image."""
    return _text(
        {
            "schema": SCHEMA,
            "files": [_checked(checked) for checked in checkup.files],
            "rules": {rule.card.id: {"severity": rule.level, **dataclasses.asdict(rule.card), "same_as": list(rule.same_as)} for rule in checkup.rules},
        }
    )


def _checked(checked: Checked) -> dict[str, Any]:
    problem = checked.problem
    return {
        "file": checked.file,
        "location": checked.location,
        "kind": checked.kind,
        "problem": None if problem is None else {"what": problem.what, "where": problem.where, "fix": problem.fix, "exit_code": problem.exit_code},
        "mended": [{"rule": finding.rule, "message": finding.message} for finding in checked.mended],
        "findings": [_finding(finding, checked.text) for finding in checked.findings],
    }


def _finding(finding: Finding, text: str) -> dict[str, Any]:
    edits = []
    for edit in finding.edits:
        (line, column), (end_line, end_column) = line_and_column(text, edit.span.start), line_and_column(text, edit.span.end)
        edits.append({"line": line, "column": column, "end_line": end_line, "end_column": end_column, "text": edit.text})
    place = {name: value for name, value in dataclasses.asdict(finding.place).items() if name != "file"}
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        **place,
        "advice": finding.advice,
        "edits": edits,
        "safe": finding.safe,
    }


def verdict_value(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON has it."""
    return {
        "verdict": verdict.answer.value,
        "before": verdict.before,
        "after": verdict.after,
        "runner": verdict.runner,
        "differences": [_difference(difference) for difference in verdict.differences],
        "intended": [_difference(difference) for difference in verdict.intended],
        "unproven": [dataclasses.asdict(item) for item in verdict.unproven],
        "skipped": [dataclasses.asdict(item) for item in verdict.skipped],
        "coverage": {item.what: {"exercised": sorted(item.exercised), "known": sorted(item.known)} for item in verdict.coverage},
        "masks": [dataclasses.asdict(mask) for mask in verdict.masks],
        "checks": dict(verdict.checks),
        "phases": [dataclasses.asdict(phase) for phase in verdict.phases],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return dataclasses.asdict(difference)


def _picture(picture: Picture) -> dict[str, Any]:
    return dataclasses.asdict(picture)


def _removals(removals: tuple[Removal, ...]) -> dict[str, dict[str, Any]]:
    grouped: dict[str, dict[str, Any]] = defaultdict(lambda: {"files": 0, "bytes": 0, "reasons": defaultdict(list)})
    for removal in removals:
        group = grouped[removal.trim]
        group["files"] += 1
        group["bytes"] += removal.size
        group["reasons"][removal.reason].append("/" + removal.path)
    return dict(sorted(grouped.items()))


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"
