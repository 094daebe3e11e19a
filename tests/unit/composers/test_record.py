import pytest

from builders import tree_of
from paredown.composers import record
from paredown.errors import BrokenArchiveError
from paredown.result import Removal
from paredown.tree import Owner, OwnerKind, Tree

TAKEN = (
    Removal(path="usr/share/doc/a", size=3, trim="docs", reason="documentation", owner=Owner(OwnerKind.BASE, "libc6", "2.41")),
    Removal(path="opt/venv/b", size=0, trim="stubs", reason="a type stub", owner=Owner(OwnerKind.DISTRIBUTION, "b", "1")),
)


def test_the_record_gives_the_removals_back():
    assert sorted(record.read(record.compose(TAKEN)), key=lambda r: r.path) == sorted(TAKEN, key=lambda r: r.path)


def test_the_record_is_the_same_whatever_the_order():
    assert record.compose(TAKEN).key() == record.compose(reversed(TAKEN)).key()


def test_the_record_says_nothing_of_the_machine_that_made_it():
    data = record.compose(TAKEN)[record.PATH].read()
    assert data[:10] == b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"  # no flags, no time, unknown system


def test_no_record_is_no_removals():
    assert record.read(Tree()) == ()


def test_a_broken_record_is_told():
    with pytest.raises(BrokenArchiveError, match="record"):
        record.read(tree_of({record.PATH: b"not gzip"}))
