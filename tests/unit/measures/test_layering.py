"""Practices that the layers show."""

from pathlib import Path

from builders import tree_of
from paredown.comparison import Held
from paredown.measures.practices.layering import PRACTICES
from paredown.tree import APP, Owner, OwnerKind
from specimens import specimen

APART, HIDDEN = (practice.judge for practice in PRACTICES)
WHEEL = tree_of({"opt/flask.py": b"f" * 10_000_000}, owner=Owner(OwnerKind.DISTRIBUTION, "flask", "3.1"))
CODE = tree_of({"app/main.py": b"x" * 100}, owner=APP)


def test_code_above_its_dependencies_is_apart(tmp_path: Path) -> None:
    found = APART(specimen(tmp_path, WHEEL, CODE))
    assert (found.held, found.seen) == (Held.YES, "the app's files begin in layer 2 of 2, with its dependencies below")


def test_dependencies_above_the_code_are_made_anew_with_it(tmp_path: Path) -> None:
    found = APART(specimen(tmp_path, CODE, WHEEL))
    assert found.held is Held.NO
    assert "10.0 MB of dependencies lie there or above" in found.seen


def test_whose_files_are_the_apps_has_to_be_known(tmp_path: Path) -> None:
    assert APART(specimen(tmp_path, WHEEL)).held is Held.UNKNOWN


def test_a_layer_that_repeats_another_hides_it(tmp_path: Path) -> None:
    assert HIDDEN(specimen(tmp_path, WHEEL, WHEEL)).held is Held.NO
    assert HIDDEN(specimen(tmp_path, WHEEL, CODE)).held is Held.YES
