"""Makes the edits of findings, and looks again, until nothing is left that an edit could mend."""

from collections.abc import Callable

from paredown.dockerfile.syntax import Edit, edited
from paredown.finding import Finding

_MOST_ROUNDS = 50  # an edit that brings back what another one took would go on for ever


def mended(text: str, look: Callable[[str], tuple[Finding, ...]], *, only_safe: bool = True) -> tuple[str, tuple[Finding, ...]]:
    """`text` with the edits of what `look` finds in it made, and these findings; with `only_safe` False also those that may change behaviour.

    One round makes the edits that do not touch each other.
    """
    made: list[Finding] = []
    for _ in range(_MOST_ROUNDS):
        chosen: list[Edit] = []
        for finding in look(text):
            if finding.edits and (finding.safe or not only_safe) and not any(_touch(edit, other) for edit in finding.edits for other in chosen):
                chosen += finding.edits
                made.append(finding)
        if not chosen:
            break
        text = edited(text, chosen)
    return text, tuple(made)


def _touch(edit: Edit, other: Edit) -> bool:
    return edit.span.start <= other.span.end and other.span.start <= edit.span.end
