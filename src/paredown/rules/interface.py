"""The contract of a rule: a card, an executed example, and a function that yields what it finds; only the engine applies edits."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from paredown.card import Card, Safety
from paredown.dockerfile.syntax import Edit, Span
from paredown.finding import Described, Severity

__all__ = ["Edit", "Found", "Rule", "Safety", "Severity", "rule"]

Subject = TypeVar("Subject")  # what the rule looks at
Example = TypeVar("Example")  # what such a thing is written as in an example


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that a rule found. `span` is the guilty part of the file's text; None for a fault of the whole file, or of an image.

    `message` is a sentence with the user's own names in it. `edits` mend it; `advice` is what to write where no edit can be made.
    `severity` is only given where it is not the rule's own, `safety` where its edits are less safe than the rule's.
    """

    message: str
    span: Span | None = None
    edits: tuple[Edit, ...] = ()
    advice: str = ""
    severity: Severity | None = None
    safety: Safety | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Subject, Example]):
    """One rule: its card, how much it matters, what others call the same fault, an executed example, and `find`.

    `same_as` names it elsewhere: `hadolint DL3006`, `dockle CIS-DI-0001`, `CIS 4.1`, `OWASP 2`, `buildkit JSONArgsRecommended`.
    `before` is found; its edits, where it has any, lead to `after`; `after` is silent. `files` are (path, text) that lie beside both.
    """

    card: Card
    severity: Severity
    same_as: tuple[str, ...]
    before: Example
    after: Example
    files: tuple[tuple[str, str], ...]
    find: Callable[[Subject], Iterable[Found]]

    @property
    def described(self) -> Described:
        """It, as people read of it."""
        before, after = str(self.before), str(self.after)
        return Described(card=self.card, kind="rule", level=self.severity.value, same_as=self.same_as, before=before, after=after)


def rule(
    *, id: str, severity: Severity, summary: str, why: str, sources: tuple[str, ...], before: Example, after: Example, same_as: tuple[str, ...] = (),
    files: tuple[tuple[str, str], ...] = (), safety: Safety = Safety.OPT_IN, since: str = "0.1.0",
) -> Callable[[Callable[[Subject], Iterable[Found]]], Rule[Subject, Example]]:  # fmt: skip
    """Make the decorated function the `find` of a Rule with this card. `safety` is that of its edits: only SAFE ones are made by `--fix`."""

    def decorate(find: Callable[[Subject], Iterable[Found]]) -> Rule[Subject, Example]:
        card = Card(id=id, summary=summary, why=why, sources=sources, safety=safety, since=since)
        return Rule(card=card, severity=severity, same_as=same_as, before=before, after=after, files=files, find=find)

    return decorate
