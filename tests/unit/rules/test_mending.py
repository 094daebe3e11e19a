"""All rules at once on all examples: what is mended is a Dockerfile for BuildKit, too, and stays as it is."""

import dockerfile
import pytest

from paredown.dockerfile.syntax import Edit, Span
from paredown.finding import Finding, Place, Severity
from paredown.rules.dockerfiles import RULES, DockerfileRule
from paredown.rules.examine import mended
from paredown.rules.mending import mended as mended_by
from paredown.rules.recipe import TextContext


@pytest.mark.parametrize("only_safe", [True, False])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
def test_mended_file_parses_and_stays_as_it_is(rule: DockerfileRule, only_safe: bool) -> None:
    context = TextContext(dict(rule.files))
    text, _ = mended(rule.before, "Dockerfile", context, only_safe=only_safe)
    assert dockerfile.parse_string(text)
    assert mended(text, "Dockerfile", context, only_safe=only_safe) == (text, ())


def finding(start: int, end: int, text: str, *, safe: bool = True) -> Finding:
    return Finding(rule="a", severity=Severity.INFO, message="", place=Place(file="x"), edits=(Edit(Span(start, end), text),), safe=safe)


def test_edits_that_touch_each_other_wait_for_the_next_round() -> None:
    def look(text: str) -> tuple[Finding, ...]:
        return tuple(finding(place, place + 1, "B") for place, letter in enumerate(text) if letter == "a")

    text, made = mended_by("aa-a", look)
    assert (text, len(made)) == ("BB-B", 3)


def test_edits_that_may_change_behaviour_are_made_when_asked_for() -> None:
    def look(text: str) -> tuple[Finding, ...]:
        return (finding(0, 1, "B", safe=False),) if text.startswith("a") else ()

    assert mended_by("a", look) == ("a", ())
    assert mended_by("a", look, only_safe=False)[0] == "B"


def test_edits_that_undo_each_other_end() -> None:
    def look(text: str) -> tuple[Finding, ...]:
        return (finding(0, 1, "b" if text == "a" else "a"),)

    assert mended_by("a", look)[0] in ("a", "b")
