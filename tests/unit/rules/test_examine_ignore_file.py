import pytest

from paredown.dockerfile.syntax import Edit, edited
from paredown.errors import UserError
from paredown.rules.examine_ignore_file import examine_ignore_file
from paredown.rules.ignore_files import RULES, IgnoreRule
from paredown.rules.recipe import TextContext


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
def test_example_is_found_and_the_better_one_is_silent(rule: IgnoreRule) -> None:
    context = TextContext(dict(rule.files))
    found = examine_ignore_file(rule.before, ".dockerignore", context, (rule,))
    assert found
    assert all(one.edits or one.advice for one in found)
    assert examine_ignore_file(rule.after, ".dockerignore", context, (rule,)) == ()
    edits: list[Edit] = [edit for one in found for edit in one.edits]
    assert edited(rule.before, edits) == rule.after or not edits


def test_examine_ignore_file_names_the_line_when_a_pattern_cannot_be_read() -> None:
    with pytest.raises(UserError) as refused:
        examine_ignore_file(".git\n[a\n", ".dockerignore", None)
    assert refused.value.where == ".dockerignore:2"
