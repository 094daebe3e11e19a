import warnings

import pytest

from paredown.dockerfile.ignore_file import rules_of


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [("[a||b]x", "|x", True), ("[[a]x", "[x", True), ("[--0]", ".", True), ("[^a-c]", "d", True), ("[^a-c]", "b", False), ("[a&&b]", "&", True),
     (r"[\[]", "[", True), ("[a-c]*.py", "bx.py", True), ("[a-c]*.py", "dx.py", False)],
)  # fmt: skip
def test_rules_of_reads_classes_of_characters_as_go_does(pattern: str, path: str, ignored: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rules_of(pattern, ".dockerignore").ignores(path) is ignored
