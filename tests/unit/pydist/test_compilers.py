"""Compilers by their names."""

import pytest

from builders import tree_of
from paredown.pydist.compilers import has_compiler


@pytest.mark.parametrize(("path", "there"), [("usr/bin/gcc", True), ("usr/bin/aarch64-linux-gnu-gcc-14", True), ("usr/bin/gccgo", False), ("opt/gcc", False)])
def test_compiler_is_seen(path: str, there: bool) -> None:
    assert has_compiler(tree_of({path: b""})) is there
