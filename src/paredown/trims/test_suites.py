"""Takes test suites inside distributions, as far as nothing outside them imports them."""

import posixpath
import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.pydist.imports import module_of
from paredown.pydist.naming import Naming
from paredown.tree import OwnerKind, Tree
from paredown.trims.interface import Level, trim

_FOLDERS = ("tests", "test")
_TEST_FILE = re.compile(r"(?:test_.*|.*_test|tests|conftest)\.py")


@trim(
    id="test-suites",
    level=Level.LEAN,
    summary="folders `tests` and `test` of distributions that nothing outside them imports",
    why="A distribution's own tests are not run in production. Some such folders are run-time API (django.test, numpy.testing): those are named by "
    "other code, hold no test files, or have other names, and stay.",
    sources=("slimtoolkit/slim#436", "numpy/numpy#20101"),
    before=("opt/venv/lib/python3.13/site-packages/numpy/__init__.py", "opt/venv/lib/python3.13/site-packages/numpy/tests/test_ctypeslib.py",
            "opt/venv/lib/python3.13/site-packages/numpy/tests/data/a.bin", "opt/venv/lib/python3.13/site-packages/numpy/testing/__init__.py",
            "opt/venv/lib/python3.13/site-packages/django/test/client.py"),
    after=("opt/venv/lib/python3.13/site-packages/django/test/client.py", "opt/venv/lib/python3.13/site-packages/numpy/__init__.py",
           "opt/venv/lib/python3.13/site-packages/numpy/testing/__init__.py"),
)  # fmt: skip
def test_suites(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    suites: dict[str, bool] = {}
    members: dict[str, list[str]] = {}
    for path, entry in tree.items():
        if entry.owner.kind is not OwnerKind.DISTRIBUTION and not path.startswith(tuple(f"{site}/" for site in facts.site)):
            continue
        if ("/tests/" not in path and "/test/" not in path) or not (suite := _suite(path)):
            continue
        members.setdefault(suite, []).append(path)
        suites[suite] = suites.get(suite, False) or _TEST_FILE.fullmatch(posixpath.basename(path)) is not None
    naming = Naming(facts, tree) if suites else None
    for suite, has_tests in sorted(suites.items()):
        if has_tests and naming is not None and naming.outside(module_of(suite), suite + "/") is None:
            for path in members[suite]:
                yield path, f"of the test suite {module_of(suite)}, which nothing outside it imports"


def _suite(path: str) -> str:
    parts = path.split("/")
    for position, part in enumerate(parts[:-1]):
        if part in _FOLDERS and position and "-packages" in "/".join(parts[:position]):
            return "/".join(parts[: position + 1])
    return ""
