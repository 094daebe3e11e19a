"""Bytecode by the image's own interpreter: right, the same everywhere, remembered, and never at the cost of a build."""

import importlib.util
import marshal
import re
from dataclasses import replace
from pathlib import Path

import pytest

from builders import tree_of
from machine_python import LIBRARY, PROGRAM, VERSION, machine_python
from paredown.composers.bytecode.compilation import Compiled, compile_sources
from paredown.composers.interface import Means
from paredown.errors import UserError, WorldError
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import APP, Inline, Kind, Owner, OwnerKind, Tree, file_of

SITE = f"opt/venv/lib/python{VERSION}/site-packages"
TAG = f"cpython-{VERSION.replace('.', '')}"
SIX = Owner(OwnerKind.DISTRIBUTION, "six", "1")


def means_at(folder: Path) -> Means:
    return Means(store=Store(folder), progress=Quiet(), mirror="", environment={})


def compiled(tree: Tree, store: Path, modules: frozenset[str] | None = None, host: Tree | None = None) -> Compiled:
    host = machine_python() if host is None else host
    return compile_sources(tree, modules, python=VERSION, interpreter=PROGRAM, host_tree=host, means=means_at(store))


def test_bytecode_is_unchecked_and_names_the_images_path_when_compiled(tmp_path: Path) -> None:
    tree = tree_of({f"{SITE}/six/__init__.py": b"def f(): 'doc'\n"}, owner=SIX)
    made = compiled(tree, tmp_path).tree
    path = f"{SITE}/six/__pycache__/__init__.{TAG}.pyc"
    data = made[path].read()
    assert data[:8] == importlib.util.MAGIC_NUMBER + b"\1\0\0\0"
    assert data[8:16] == importlib.util.source_hash(b"def f(): 'doc'\n")
    code = marshal.loads(data[16:])
    assert code.co_filename == f"/{SITE}/six/__init__.py"
    assert "doc" in code.co_consts[0].co_consts
    assert (made[path].owner, made[path].mode, made[path].uid) == (SIX, 0o644, 0)
    assert made[f"{SITE}/six/__pycache__"].kind is Kind.FOLDER
    assert made[f"{SITE}/six/__pycache__"].owner == SIX


def test_bytes_depend_on_the_file_alone_when_compiled_with_others_or_elsewhere(tmp_path: Path) -> None:
    library = Tree({path: entry for path, entry in machine_python().items() if path.startswith(f"{LIBRARY}/json/") or path.endswith(("/ast.py", "/enum.py"))})
    together = compiled(library, tmp_path / "one").tree
    for number, (path, entry) in enumerate(library.items()):
        if entry.kind is Kind.FILE:
            alone = compiled(Tree({path: entry}), tmp_path / f"{'deeper/' * number}other").tree
            assert {name: found.read() for name, found in alone.items() if found.kind is Kind.FILE}.items() <= {
                name: found.read() for name, found in together.items() if found.kind is Kind.FILE
            }.items()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"print 'two'\n", r"SyntaxError: .* \(line 1\)"),
        (b"x = '\xff'\n", "SyntaxError"),
        (b"a\0b", "null bytes"),
        (b"{% if x %}", "SyntaxError"),
        (b"x = " + b"(" * 5000 + b")" * 5000, "too many nested|Error"),
        (b"-" * 200_000 + b"1", "Error|crashed"),
    ],
)
def test_a_source_that_does_not_compile_is_told_and_the_others_are_there(tmp_path: Path, source: bytes, reason: str) -> None:
    made = compiled(tree_of({"srv/bad.py": source, "srv/good.py": b"x = 1\n", "srv/last.py": b""}), tmp_path)
    assert [path for path, entry in made.tree.items() if entry.kind is Kind.FILE] == [f"srv/__pycache__/{name}.{TAG}.pyc" for name in ("good", "last")]
    (skipped,) = made.skipped
    assert skipped.what == "bytecode of /srv/bad.py"
    assert re.search(reason, skipped.reason)
    assert compiled(tree_of({"srv/bad.py": source, "srv/good.py": b"x = 1\n", "srv/last.py": b""}), tmp_path) == made


def records(store: Path) -> set[str]:
    return {path.name for path in (store / "records/bytecode").iterdir()}


def test_only_the_changed_file_is_compiled_when_the_app_changes(tmp_path: Path) -> None:
    tree = tree_of({"app/a.py": b"1", "app/b.py": b"2"}, owner=APP).over(tree_of({f"{SITE}/six.py": b"3"}, owner=SIX))
    first = compiled(tree, tmp_path)
    before = records(tmp_path)
    assert len(before) == 3
    second = compiled(tree.over(tree_of({"app/b.py": b"22"}, owner=APP)), tmp_path)
    assert len(records(tmp_path) - before) == 1
    changed = [path for path, entry in second.tree.items() if first.tree[path] != entry]
    assert changed == [f"app/__pycache__/b.{TAG}.pyc"]


def test_nothing_is_run_when_nothing_changed(tmp_path: Path) -> None:
    tree = tree_of({"app/a.py": b"1"}, owner=APP)
    first = compiled(tree, tmp_path)
    for program in tmp_path.glob(f"folders/interpreters/*{PROGRAM}"):
        program.unlink()
    assert compiled(tree, tmp_path) == first
    with pytest.raises(WorldError, match="cannot compile on this machine"):
        compiled(tree_of({"app/a.py": b"2"}, owner=APP), tmp_path)


def test_it_is_compiled_again_when_its_blob_is_gone(tmp_path: Path) -> None:
    tree = tree_of({"app/a.py": b"1"}, owner=APP)
    first = compiled(tree, tmp_path)
    for blob in (tmp_path / "blobs/sha256").iterdir():
        blob.unlink()
    assert compiled(tree, tmp_path) == first
    assert first.tree[f"app/__pycache__/a.{TAG}.pyc"].read()


def test_no_bytecode_goes_through_a_link_when_the_cache_folder_is_one(tmp_path: Path) -> None:
    assert not compiled(tree_of({"srv/a.py": b"1", "srv/__pycache__": "-> /tmp"}), tmp_path).tree


def test_an_error_names_the_interpreter_when_the_image_has_none(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"no Python interpreter at {PROGRAM}"):
        compiled(tree_of({"app/a.py": b""}), tmp_path, host=Tree())


def test_an_error_says_what_is_missing_when_the_standard_library_is_not_there(tmp_path: Path) -> None:
    host = Tree({path: entry for path, entry in machine_python().items() if "encodings" not in path})
    with pytest.raises(UserError, match=f"not the standard library of Python {VERSION}"):
        compiled(tree_of({"app/a.py": b""}), tmp_path, host=host)


def test_an_error_says_so_when_the_interpreter_is_no_program(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a 64-bit program"):
        compiled(tree_of({"app/a.py": b""}), tmp_path, host=machine_python().over(Tree({PROGRAM[1:]: file_of(b"#!/bin/sh\n")})))


def test_an_error_shows_the_loaders_words_when_the_interpreter_does_not_run(tmp_path: Path) -> None:
    entry = machine_python()[PROGRAM[1:]]
    broken = entry.read()[:5000]
    with pytest.raises(WorldError, match=r"cannot compile on this machine \(status"):
        compiled(tree_of({"app/a.py": b""}), tmp_path, host=machine_python().over(Tree({PROGRAM[1:]: replace(entry, size=5000, content=Inline(broken))})))
