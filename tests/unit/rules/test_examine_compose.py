import pytest

from paredown.dockerfile.syntax import Edit, edited
from paredown.errors import UserError
from paredown.rules.compose_files import RULES, ComposeRule
from paredown.rules.examine_compose import examine_compose
from paredown.rules.recipe import TextContext


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
def test_example_is_found_and_the_better_one_is_silent(rule: ComposeRule) -> None:
    context = TextContext(dict(rule.files))
    found = examine_compose(rule.before, "compose.yaml", context, (rule,))
    assert found
    assert all(one.edits or one.advice for one in found)
    assert examine_compose(rule.after, "compose.yaml", context, (rule,)) == ()
    edits: list[Edit] = [edit for one in found for edit in one.edits]
    assert edited(rule.before, edits) == rule.after or not edits


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("services:\n  web:\n   image: a\n  - b\n", 4),
        ("services:\n  web: {image: a\n", 3),
        ("services:\n\tweb:\n", 2),
        ("services: *nowhere\n", 1),
    ],
)
def test_examine_compose_names_the_line_when_it_is_no_yaml(text: str, line: int) -> None:
    with pytest.raises(UserError) as refused:
        examine_compose(text, "compose.yaml", None)
    assert refused.value.where == f"compose.yaml:{line}"


@pytest.mark.parametrize("text", ["", "a: 1\n", "- services\n", "services\n", "services: \x00\n", "[" * 5000])
def test_examine_compose_refuses_when_it_is_no_compose_file(text: str) -> None:
    with pytest.raises(UserError):
        examine_compose(text, "compose.yaml", None)


def test_examine_compose_ends_when_a_file_merges_itself() -> None:
    assert isinstance(examine_compose("services: &a\n  <<: *a\n  web:\n    image: web:1\n", "compose.yaml", None), tuple)


def test_examine_compose_is_silent_where_a_comment_says_so() -> None:
    text = 'version: "3" # paredown: ignore=compose-version-obsolete\nservices: {}\n'
    assert examine_compose(text, "compose.yaml", None) == ()
    assert examine_compose(text.replace("compose-version", "other"), "compose.yaml", None)
