import pytest

from paredown.card import Safety
from paredown.dockerfile.parse import parse
from paredown.dockerfile.syntax import edited
from paredown.rules.dockerfiles import RULES, DockerfileRule
from paredown.rules.examine import examine, mended
from paredown.rules.recipe import TextContext, recipe_of


def ids(rules: tuple[DockerfileRule, ...]) -> list[str]:
    return [rule.card.id for rule in rules]


@pytest.mark.parametrize("rule", RULES, ids=ids(RULES))
def test_example_is_found_and_the_better_one_is_silent(rule: DockerfileRule) -> None:
    context = TextContext(dict(rule.files))
    assert examine(rule.before, "Dockerfile", context, (rule,))
    assert examine(rule.after, "Dockerfile", context, (rule,)) == ()


@pytest.mark.parametrize("rule", RULES, ids=ids(RULES))
def test_edits_of_the_example_lead_to_the_better_one(rule: DockerfileRule) -> None:
    context = TextContext(dict(rule.files))
    found = tuple(rule.find(recipe_of(parse(rule.before), context)))
    if any(one.edits for one in found):
        assert mended(rule.before, "Dockerfile", context, (rule,), only_safe=False)[0] == rule.after
    else:
        assert rule.card.safety is not Safety.SAFE  # nothing to be safe


@pytest.mark.parametrize("rule", RULES, ids=ids(RULES))
def test_every_finding_points_into_the_file_or_at_the_whole_and_says_what_to_do(rule: DockerfileRule) -> None:
    for one in rule.find(recipe_of(parse(rule.before), TextContext(dict(rule.files)))):
        assert one.span is None or 0 <= one.span.start <= one.span.end <= len(rule.before)
        assert one.edits or one.advice
        assert edited(rule.before, one.edits) != rule.before or not one.edits
