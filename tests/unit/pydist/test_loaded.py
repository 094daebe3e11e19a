from pathlib import Path

import pytest

from elf_builder import elf_with_debug_symbols
from paredown.pydist.loaded import initialisers, loaded
from paredown.pydist.strip import stripped
from paredown.store import Store
from paredown.tree import file_of

_WHOLE = file_of(elf_with_debug_symbols(b"\0PyInit__fast\0".ljust(256, b"x")))


def test_loaded_is_equal_when_debug_symbols_went(tmp_path: Path) -> None:
    store = Store(tmp_path)
    less = stripped(_WHOLE, store)
    assert less is not None
    assert loaded(less, store) == loaded(_WHOLE, store) != ""


def test_loaded_differs_when_a_loaded_byte_does(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert loaded(file_of(_WHOLE.read().replace(b"xxx", b"xyx", 1)), store) != loaded(_WHOLE, store)


@pytest.mark.parametrize("length", [65, 100, 200, 300])
def test_loaded_is_empty_when_the_file_is_cut_short(tmp_path: Path, length: int) -> None:
    assert loaded(file_of(_WHOLE.read()[:length]), Store(tmp_path)) == ""


def test_loaded_is_the_digest_when_the_file_is_no_elf(tmp_path: Path) -> None:
    text = file_of(b"text")
    assert loaded(text, Store(tmp_path)) == text.digest


def test_initialisers_are_those_of_extension_modules() -> None:
    assert initialisers(_WHOLE) == ("PyInit__fast",)
