"""Finds patterns written as for git, which in an ignore file of Docker hold for the top folder only."""

import fnmatch
from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.ignore_list import IgnoreList
from paredown.rules.interface import Edit, Found, Severity, rule

_OF_PYTHON = ("__pycache__", "*.pyc", "*.pyo", "*.pyd", "*.py[cod]", "*.py[co]", "*$py.class")
_COMPILED = "some/folder/__pycache__/module.cpython-313.pyc"
_ANYWHERE = (
    *_OF_PYTHON, ".DS_Store", "node_modules", ".venv", "venv", "*.egg-info", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".ipynb_checkpoints", "*.log",
    ".env", ".env.*", "*.env", "*.pem", "*.key", "*.sqlite3", "*.swp", ".git",
)  # fmt: skip


@rule(
    id="ignore-pattern-top-only",
    severity=Severity.WARNING,
    summary="a pattern holds for the top folder only, where it is meant for all",
    why="Unlike git's, a pattern without `**/` is seen from the top folder: `*.pyc` leaves the compiled files of packages in, and `.env` those of services.",
    sources=("https://docs.docker.com/build/concepts/context/#dockerignore-files", "agiresearch/AIOS#509"),
    before=".git\n__pycache__/\n",
    after=".git\n**/__pycache__/\n",
    files=(("shop/main.py", "print()\n"),),
)
def ignore_pattern_top_only(ignore: IgnoreList) -> Iterator[Found]:
    suspects = [(pattern, pattern.text.rstrip("/")) for pattern in ignore.patterns if not pattern.back and pattern.text.rstrip("/") in _ANYWHERE]
    sent = sorted(ignore.sent()) if suspects else []
    for pattern, name in suspects:
        sending = "is"
        below = next((path for path in sent if fnmatch.fnmatchcase(path.rstrip("/").rpartition("/")[2], name)), "")
        if not below and name in _OF_PYTHON and not ignore.rules.ignores(_COMPILED):
            package = next((path for path in sent if path.endswith(".py")), "")
            below, sending = package.rpartition("/")[0] + "/" + name if package else "", "would be"
        if below:
            start = pattern.span.start
            yield Found(
                message=f"`{pattern.text}` holds for the top folder only: {below} {sending} sent to the build",
                span=pattern.span,
                edits=(Edit(Span(start, start), "**/"),),
            )
