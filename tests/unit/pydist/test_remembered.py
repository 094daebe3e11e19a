"""What was read is remembered a folder at a time, and read on all cores where it is much."""

from pathlib import Path
from typing import Any

import pytest

from builders import tree_of
from paredown.pydist import remembered as remembering
from paredown.pydist.remembered import Files, remembered
from paredown.store import Store
from paredown.tree import Entry, Kind, Tree

FILES: dict[str, bytes | Entry] = {"a/one.py": b"1", "a/two.py": b"22", "a/lib.so": b"333", "b/three.py": b"4444"}


def sizes(files: Files) -> list[Any]:
    """What a test reads; helpers import it by its name."""
    return [[path, len(entry.read())] for path, entry in files]


def files_of(tree: Tree) -> list[tuple[str, Entry]]:
    return [(path, entry) for path, entry in tree.items() if entry.kind is Kind.FILE]


def told(tree: Tree, store: Store, read: remembering.Read = sizes) -> dict[str, int]:
    return {path: size for _, _, record in remembered("sizes", 1, files_of(tree), read, store) for path, size in record}


def test_only_the_folder_in_which_something_changed_is_read_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    again: list[str] = []

    def noted(files: Files) -> list[Any]:
        again.extend(path for path, _ in files)
        return sizes(files)

    everything = {"a/one.py": 1, "a/two.py": 2, "a/lib.so": 3, "b/three.py": 4}
    assert told(tree_of(FILES), store, noted) == everything
    assert sorted(again) == sorted(FILES)
    again.clear()
    assert told(tree_of(FILES), store, noted) == everything
    assert told(tree_of(FILES | {"a/lib.so": b"stripped"}), store, noted) == everything | {"a/lib.so": 8}
    assert again == ["a/lib.so"]


@pytest.mark.parametrize("broken", [False, True])
def test_helpers_read_what_is_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bool) -> None:
    monkeypatch.setattr(remembering, "_MUCH", 2)
    monkeypatch.setattr(remembering.os, "cpu_count", lambda: 3)
    if broken:
        monkeypatch.setattr(remembering.sys, "executable", "/bin/false")
    groups = [[each] for each in files_of(tree_of(FILES))]
    started: list[Any] = []
    helper = remembering._Helper
    monkeypatch.setattr(remembering, "_Helper", lambda *words: started.append(words) or helper(*words))
    # A function that a helper can import, too.
    from paredown.pydist.read import _read

    assert remembering.side_by_side(_read, groups, tmp_path) == [_read(group) for group in groups]
    assert len(started) == 2
    assert not list(tmp_path.iterdir())
