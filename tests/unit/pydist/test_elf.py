"""ELF files: a real one is read in place; damaged ones never break the reading."""

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paredown.pydist.elf import libraries_in, names_in, read_elf, window
from paredown.tree import Entry, Kind, Slice, file_of
from shared_libraries import library

REAL = Path(sys.executable).resolve()


def in_the_middle(folder: Path, content: bytes) -> Entry:
    """An entry whose bytes lie inside of a bigger file."""
    whole = folder / "layer.tar"
    whole.write_bytes(b"x" * 1000 + content + b"\x7fELF" * 100)
    return Entry(kind=Kind.FILE, mode=0o755, size=len(content), content=Slice(str(whole), 1000))


@pytest.fixture(scope="module")
def content() -> bytes:
    return REAL.read_bytes()


def test_program_is_read_in_place(content: bytes, tmp_path: Path) -> None:
    found = read_elf("usr/bin/python", in_the_middle(tmp_path, content))
    assert found is not None
    assert "libc.so.6" in found.needed
    assert found.interpreter.startswith("/lib")
    assert found.machine


def test_call_is_seen_where_its_name_is_the_end_of_another() -> None:
    found = read_elf("x", file_of(library("g_iconv_open")))  # as in GLib, where the linker keeps one string for both
    assert found is not None
    assert found.calls == ("iconv_open",)


def test_window_ends_where_the_entry_does(tmp_path: Path) -> None:
    with window(in_the_middle(tmp_path, b"abc")) as stream:
        assert stream.read() == b"abc"


@pytest.mark.parametrize("share", [4, 63, 64, 70, 200, 1000, 4096])
def test_cut_off_file_is_none_or_read(share: int, content: bytes) -> None:
    found = read_elf("x", file_of(content[:share]))
    assert found is None or found.path == "x"


@pytest.mark.parametrize("other", [b"", b"\x7fELF", b"#!/bin/sh\n" * 20, b"INPUT(libx.so.1)" * 10])
def test_other_file_is_no_elf(other: bytes) -> None:
    assert read_elf("x", file_of(other)) is None


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_headers_never_break_the_reading(data: st.DataObject) -> None:
    damaged = bytearray(REAL.read_bytes()[: 1 << 14])
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(4, 1024))] = data.draw(st.integers(0, 255))
    entry = file_of(bytes(damaged))
    found = read_elf("x", entry)
    assert found is None or found.path == "x"
    assert libraries_in(entry) >= frozenset()
    assert names_in(entry) >= frozenset()
