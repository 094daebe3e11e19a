"""Who names a module."""

from builders import tree_of
from paredown.pydist.facts import COMMAND, Facts
from paredown.pydist.naming import Naming

NAMED = {"a": ("x.py",), "a.b": ("a/c.py",), "a_b": ("y.py",), "d.e": (COMMAND,), "f": ("gone.py",)}
FACTS = Facts(python="3.13", standard_library="usr/lib/python3.13", site=(), imported_by=NAMED)
NAMING = Naming(FACTS, tree_of({"x.py": b"", "a/c.py": b"", "y.py": b""}))


def test_file_that_names_the_module() -> None:
    assert NAMING.outside("a") == "x.py"


def test_nobody_when_all_lie_inside() -> None:
    assert NAMING.outside("a.b", "a/") is None


def test_submodule_counts_and_likeness_does_not() -> None:
    assert NAMING.outside("d") == COMMAND
    assert NAMING.outside("a_") is None


def test_file_that_is_gone_names_nothing() -> None:
    assert NAMING.outside("f") is None
