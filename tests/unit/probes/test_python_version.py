from pathlib import Path

from builders import image_of, tree_of
from elf_builder import elf_with_debug_symbols
from paredown.probes.python_version import observe
from paredown.result import Skipped
from resting_service import DOCKER, PAREDOWN, differing, library, seen, service


def test_python_is_equal_in_another_layout(tmp_path: Path) -> None:
    assert differing(observe, service(tmp_path, DOCKER), service(tmp_path, PAREDOWN)) == []
    assert seen(observe, service(tmp_path)) == {
        "Python": "3.13",
        "patch release": "3.13.5",
        "extension modules": "cpython-313-x86_64-linux-gnu",
        "build flags": {"Py_DEBUG": 0, "WITH_PYMALLOC": 1},
    }


def test_python_differs_when_the_interpreter_is_another(tmp_path: Path) -> None:
    other = elf_with_debug_symbols(b"\x003.13.7\0.cpython-313-x86_64-linux-musl.so\0".ljust(256, b"\0"))
    assert differing(observe, service(tmp_path), service(tmp_path, changes={"usr/bin/python3.13*": other})) == ["extension modules", "patch release"]


def test_build_flags_differ_when_pymalloc_is_gone(tmp_path: Path) -> None:
    path = f"{library(PAREDOWN)}/_sysconfigdata__linux_x86_64-linux-gnu.py"
    assert differing(observe, service(tmp_path), service(tmp_path, changes={path: b"build_time_vars = {'WITH_PYMALLOC': 0}"})) == ["build flags"]


def test_build_flags_are_skipped_when_they_cannot_be_read(tmp_path: Path) -> None:
    path = f"{library(PAREDOWN)}/_sysconfigdata__linux_x86_64-linux-gnu.py"
    found = list(observe(service(tmp_path, changes={path: b"build_time_vars = {"})))
    assert [each.what for each in found if isinstance(each, Skipped)] == ["build flags of Python"]


def test_python_is_skipped_when_there_is_none(tmp_path: Path) -> None:
    assert [type(each) for each in observe(image_of(tree_of({"app/server": b""}), tmp_path))] == [Skipped]
