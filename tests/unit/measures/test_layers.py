"""What layers cost."""

from pathlib import Path

from builders import tree_of
from paredown.comparison import Figure, NotMeasured
from paredown.measures.layers import measure
from paredown.tree import APP, Owner, OwnerKind, file_of
from specimens import specimen

WHEEL = Owner(OwnerKind.DISTRIBUTION, "numpy", "2.1")
LIBRARY = tree_of({"usr/lib/python3.13/os.py": b"x" * 1000})
CODE = tree_of({"app/main.py": b"y" * 10}, owner=APP)


def readings(tmp_path: Path, *layers: object) -> dict[str, object]:
    return {reading.name: reading.value for reading in measure(specimen(tmp_path, *layers))}  # type: ignore[arg-type]


def test_a_change_of_code_pulls_its_layer_and_those_above(tmp_path: Path) -> None:
    above = tree_of({"opt/numpy.py": file_of(b"z" * 500, owner=WHEEL)})
    name = "pulled again after a change of code, compressed"
    assert readings(tmp_path, LIBRARY, CODE)[name] == Figure(10)
    assert readings(tmp_path, LIBRARY, CODE, above)[name] == Figure(510)


def test_nothing_is_claimed_when_the_apps_files_are_not_known(tmp_path: Path) -> None:
    value = readings(tmp_path, LIBRARY)["pulled again after a change of code, compressed"]
    assert value == NotMeasured("which files are the app's is not known")


def test_what_a_later_layer_replaces_is_hidden(tmp_path: Path) -> None:
    again = tree_of({"usr/lib/python3.13/os.py": b"x" * 1000})
    assert readings(tmp_path, LIBRARY, again)["hidden by later layers, uncompressed"] == Figure(1000)
    assert readings(tmp_path, LIBRARY, CODE)["hidden by later layers, uncompressed"] == Figure(0)
