"""What rules find becomes Findings: their places in the file by line and column, less what comments silence."""

from collections.abc import Iterable
from typing import TypeVar

from paredown.card import Safety
from paredown.dockerfile.syntax import Span
from paredown.finding import Finding, Place
from paredown.rules.interface import Found, Rule
from paredown.rules.silence import Silence

Subject = TypeVar("Subject")
Example = TypeVar("Example")


def findings_of(rules: Iterable[Rule[Subject, Example]], subject: Subject, text: str, file: str, silence: Silence) -> tuple[Finding, ...]:
    """What `rules` find in `subject`, written as `text` in what findings call `file`, by place. What is found twice at a place is told once."""
    findings: dict[tuple[str, Place, str], Finding] = {}
    for rule in rules:
        for found in rule.find(subject):
            finding = _finding(rule, found, text, file)
            if not silence.covers(rule, finding.place.line):
                findings.setdefault((finding.rule, finding.place, "" if found.span else finding.message), finding)
    return tuple(sorted(findings.values(), key=lambda one: (one.place.line, one.place.column, one.severity.rank, one.rule, one.message)))


def _finding(rule: Rule[Subject, Example], found: Found, text: str, file: str) -> Finding:
    return Finding(
        rule=rule.card.id,
        severity=found.severity or rule.severity,
        message=found.message,
        place=_place(found.span, text, file),
        edits=found.edits,
        safe=(found.safety or rule.card.safety) is Safety.SAFE,
        advice=found.advice,
    )


def _place(span: Span | None, text: str, file: str) -> Place:
    if span is None:
        return Place(file=file)
    line, column = _line_and_column(text, span.start)
    end_line, end_column = _line_and_column(text, span.end)
    return Place(file=file, line=line, column=column, end_line=end_line, end_column=end_column)


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
