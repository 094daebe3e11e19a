"""Findings as SARIF 2.1.0, which code hosts and editors read: rules with their help, fixes, and fingerprints that survive moved lines.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from paredown.dockerfile.syntax import Edit, line_and_column
from paredown.finding import Checked, Checkup, Described, Finding, Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/paredown/paredown"
_LEVELS = {Severity.ERROR.value: "error", Severity.WARNING.value: "warning", Severity.INFO.value: "note"}


def sarif_text(checkup: Checkup, version: str) -> str:
    """The whole of a check; paths are relative to the repository's root, `SRCROOT`."""
    numbers = {rule.card.id: number for number, rule in enumerate(checkup.rules)}
    notifications = [_notification(checked) for checked in checkup.files if checked.problem]
    run = {
        "tool": {"driver": {"name": "paredown", "version": version, "informationUri": HOME, "rules": [_rule(rule) for rule in checkup.rules]}},
        "invocations": [{"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}],
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "the root of the repository"}}},
        "columnKind": "unicodeCodePoints",
        "results": [result for checked in checkup.files for result in _results(checked, numbers)],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Described) -> dict[str, Any]:
    card = rule.card
    sources = [source if source.startswith("https://") else _thread(source) for source in card.sources]
    same_as = f"\n\nElsewhere: {', '.join(rule.same_as)}." if rule.same_as else ""
    example = f"\n\n```\n{rule.before}```\n\nbetter:\n\n```\n{rule.after}```" if rule.before != rule.after else ""
    return {
        "id": card.id,
        "shortDescription": {"text": card.summary},
        "fullDescription": {"text": card.why},
        "helpUri": f"{HOME}/blob/main/docs/rules.md#{card.id}",
        "help": {
            "text": f"{card.why}{same_as}\n\nSources: {', '.join(card.sources)}",
            "markdown": f"{card.why}{example}{same_as}\n\n" + "\n".join(f"- {source}" for source in sources),
        },
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {"tags": [name.replace(" ", "/", 1) for name in rule.same_as]},
    }


def _thread(source: str) -> str:
    repository, mark, number = source.partition("#")
    return f"https://github.com/{repository}/issues/{number}" if mark and number.isdigit() else source


def _results(checked: Checked, numbers: dict[str, int]) -> Iterator[dict[str, Any]]:
    seen: Counter[str] = Counter()
    for finding in checked.findings:
        same = _sameness(finding, checked)
        seen[same] += 1
        advice = f" {finding.advice}" if finding.advice else ""
        location: dict[str, Any] = {"artifactLocation": _artifact(checked)}
        if finding.place.line:
            location["region"] = _region((finding.place.line, finding.place.column), (finding.place.end_line, finding.place.end_column))
        result: dict[str, Any] = {
            "ruleId": finding.rule,
            "ruleIndex": numbers[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": {"text": finding.message + advice},
            "locations": [{"physicalLocation": location}],
            "partialFingerprints": {"paredown/v1": hashlib.sha256(f"{same}\0{seen[same]}".encode()).hexdigest()},
        }
        if finding.edits:
            replacements = [_replacement(edit, checked.text) for edit in finding.edits]
            how = "keeps behaviour" if finding.safe else "may change behaviour: look at the outcome"
            result["fixes"] = [{"description": {"text": how}, "artifactChanges": [{"artifactLocation": _artifact(checked), "replacements": replacements}]}]
        yield result


def _sameness(finding: Finding, checked: Checked) -> str:
    """What stays when lines above come and go: the rule, the file, and the guilty lines without white space around them."""
    place = finding.place
    lines = checked.text.split("\n")[place.line - 1 : place.end_line] if place.line else [finding.message]
    return "\0".join((finding.rule, checked.location, *(line.strip() for line in lines)))


def _artifact(checked: Checked) -> dict[str, str]:
    if checked.location.startswith("/"):
        return {"uri": "file://" + quote(checked.location)}
    return {"uri": quote(checked.location), "uriBaseId": "SRCROOT"}


def _region(start: tuple[int, int], end: tuple[int, int]) -> dict[str, int]:
    return {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}


def _replacement(edit: Edit, text: str) -> dict[str, Any]:
    region = _region(line_and_column(text, edit.span.start), line_and_column(text, edit.span.end))
    return {"deletedRegion": region, **({"insertedContent": {"text": edit.text}} if edit.text else {})}


def _notification(checked: Checked) -> dict[str, Any]:
    what = checked.problem.what if checked.problem else ""
    return {"level": "error", "message": {"text": what}, "locations": [{"physicalLocation": {"artifactLocation": _artifact(checked)}}]}
