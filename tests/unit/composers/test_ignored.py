"""The rules of .dockerignore, each as Docker documents it; .gitignore's are compared with git in test_app_files."""

from pathlib import Path

import pytest

from paredown.composers.ignored import patterns
from paredown.dockerfile.ignore_file import docker_rules
from paredown.errors import UserError
from paredown.origin import Origin


@pytest.mark.parametrize(
    ("text", "path", "ignored"),
    [
        ("data", "data", True),
        ("data", "data/x/y", True),
        ("data", "sub/data", False),
        ("/data/", "data/x", True),
        ("**/data", "sub/deep/data/x", True),
        ("**/data", "data", True),
        ("*.md", "README.md", True),
        ("*.md", "docs/README.md", False),
        ("**/*.md", "docs/README.md", True),
        ("*.md\n!README.md", "README.md", False),
        ("!README.md\n*.md", "README.md", True),
        ("docs\n!docs/keep", "docs/keep/a", False),
        ("docs\n!docs/keep", "docs/lose", True),
        ("a/**", "a/b/c", True),
        ("a/**/c", "a/c", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("[ab].txt", "b.txt", True),
        ("[^ab].txt", "b.txt", False),
        ("\\*.txt", "x.txt", False),
        ("\\*.txt", "*.txt", True),
        ("# data\n\n   \n", "# data", False),
        ("a+(b)", "a+(b)", True),
        ("*", "x/y", True),
        ("*\n!src", "src/a.py", False),
    ],
)
def test_docker_pattern(text: str, path: str, ignored: bool, tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text(text)
    assert docker_rules(tmp_path / ".dockerignore").ignores(path) is ignored


def test_docker_pattern_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("ok\n[ab\n")
    with pytest.raises(UserError, match=r"the pattern '\[ab' cannot be read") as caught:
        docker_rules(tmp_path / ".dockerignore")
    assert caught.value.where == ".dockerignore:2"


def test_configured_pattern_that_cannot_be_read() -> None:
    with pytest.raises(UserError, match=r"the pattern '\[ab' cannot be read") as caught:
        patterns(("ok", "[ab"), Origin("pyproject.toml", 3))
    assert caught.value.where == "pyproject.toml:3"


@pytest.mark.parametrize(
    ("path", "matched"), [("data/x/y", True), ("sub/data/", True), ("a/b.log", True), ("keep.log", False), ("static/a.map", True), ("other/a.map", False)]
)
def test_configured_patterns(path: str, matched: bool) -> None:
    assert patterns(("data/", "*.log", "!keep.log", "/static/**/*.map"), Origin("x")).match(path) is matched
