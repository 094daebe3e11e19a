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


def rules_that_find(text: str, **files: str) -> list[str]:
    return [one.rule for one in examine_ignore_file(text, ".dockerignore", TextContext({"shop/main.py": "", **files}))]


@pytest.mark.parametrize(
    "text",
    [
        "**/__pycache__\n",
        "/__pycache__\n",
        "*.md\n!README.md\n",
        "docs\n!docs/a.md\n",
        "*\n!src\n",
        "# a comment\n.git\n",
        "a#b\n",
        ".git\n!.git/HEAD\n",
        "**/__pycache__\n*.pyc\n",
    ],
)
def test_examine_ignore_file_is_silent_when_patterns_hold(text: str) -> None:
    assert rules_that_find(text) == []


def test_examine_ignore_file_tells_git_patterns_only_where_there_is_something_below() -> None:
    assert rules_that_find(".env\n") == []
    assert rules_that_find(".env\n", **{"shop/.env": "A=1"}) == ["ignore-pattern-top-only"]
    assert rules_that_find("shop\n__pycache__\n") == []
    assert rules_that_find("**/*.pyc\n*.pyc\n") == []


@pytest.mark.parametrize("text", ["*.config.js\n!vite.config.ts\n", "!src\n", "docs\n!docs/a.md\ndocs\n"])
def test_examine_ignore_file_tells_of_exceptions_without_effect(text: str) -> None:
    assert rules_that_find(text) == ["ignore-exception-idle"]


def test_examine_ignore_file_follows_a_byte_order_mark_and_windows_line_ends() -> None:
    assert rules_that_find("\ufeff.git\r\n.env # secret\r\n") == ["ignore-comment-is-pattern"]
