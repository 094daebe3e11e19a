from dataclasses import replace
from pathlib import Path

import pytest

from builders import tree_of
from paredown.probes.distribution_files import observe
from paredown.pydist.strip import stripped
from paredown.store import Store
from paredown.tree import Entry, file_of
from resting_service import DOCKER, EXTENSION, PAREDOWN, differing, service, site

_SITE = site(PAREDOWN)
_INFO = f"{_SITE}/fastserve-2.1.dist-info"


def test_files_are_equal_in_another_layout(tmp_path: Path) -> None:
    assert differing(observe, service(tmp_path, DOCKER), service(tmp_path, PAREDOWN)) == []


@pytest.mark.parametrize(
    ("path", "what", "key"),
    [
        (f"{_SITE}/fastserve/page.html-", None, "fastserve/page.html"),
        (f"{_SITE}/fastserve/__init__.py", b"version = 3\n", "fastserve/__init__.py"),
        (f"{_SITE}/fastserve/page.html", file_of(b"<p>", mode=0o600), "fastserve/page.html"),
        (f"{_INFO}/entry_points.txt-", None, "fastserve-2.1.dist-info/entry_points.txt"),
        (f"{_SITE}/fastserve/_fast.so", EXTENSION[:300], "fastserve/_fast.so"),
        (f"{_SITE}/fastserve/_fast.so", EXTENSION.replace(b"code", b"edoc"), "fastserve/_fast.so"),
        (f"{_SITE}/fastserve/new.py", b"", "fastserve/new.py"),
    ],
)
def test_files_differ_when_one_does(tmp_path: Path, path: str, what: bytes | Entry | None, key: str) -> None:
    assert differing(observe, service(tmp_path), service(tmp_path, changes={path: what})) == [key]


@pytest.mark.parametrize(
    "changes",
    [
        {f"{_INFO}/RECORD-": None},
        {f"{_INFO}/INSTALLER": b"uv", f"{_INFO}/REQUESTED": b"", f"{_INFO}/WHEEL": b"Generator: other"},
        {f"{_SITE}/fastserve/__pycache__/__init__.cpython-313.pyc": b"bytecode"},
        {f"{_SITE}/_virtualenv.py": b"patch"},
        {f"{_SITE}/paredown-import-messages.pth": b"import sys"},
        {f"{_SITE}/fastserve/__init__.py*": b"version = 2\n"},
    ],
)
def test_files_are_equal_when_installers_differ(tmp_path: Path, changes: dict[str, bytes | None]) -> None:
    assert differing(observe, service(tmp_path), service(tmp_path, changes=changes)) == []


def test_files_are_equal_when_debug_symbols_went(tmp_path: Path) -> None:
    entry = stripped(tree_of({"x.so": EXTENSION})["x.so"], Store(tmp_path))
    assert entry is not None
    assert entry.size < len(EXTENSION)
    assert differing(observe, service(tmp_path), service(tmp_path, changes={f"{_SITE}/fastserve/_fast.so": entry})) == []


def test_files_are_equal_when_both_images_compiled_them(tmp_path: Path) -> None:
    local = {f"{_INFO}/WHEEL": b"Wheel-Version: 1.0\nTag: cp313-cp313-linux_x86_64\n"}
    other = {**local, f"{_SITE}/fastserve/_fast.so": EXTENSION.replace(b"code", b"edoc")}
    short = {**local, f"{_SITE}/fastserve/_fast.so": EXTENSION[:300]}
    assert differing(observe, service(tmp_path, changes=local), service(tmp_path, changes=other)) == []
    assert differing(observe, service(tmp_path, changes=local), service(tmp_path, changes=short)) == ["fastserve/_fast.so"]


def test_files_differ_when_a_bundled_program_can_no_longer_be_executed(tmp_path: Path) -> None:
    program = file_of(b"#!/bin/sh\n", mode=0o755)
    path = f"{_SITE}/fastserve/driver"
    good, bad = service(tmp_path, changes={path: program}), service(tmp_path, changes={path: replace(program, mode=0o644)})
    assert differing(observe, good, bad) == ["fastserve/driver"]
