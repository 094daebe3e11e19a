"""Documents are found in files, folders and archives, and large ones are read a member at a time."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from paredown.advisories import documents as module
from paredown.advisories.documents import documents, members
from paredown.errors import UserError

# Longer than what is read at a time; numbers and texts lie across the seams.
LARGE = {f"package {number}": {"text": "ü" * (number % 977), "number": number * 10**9} for number in range(6000)}


def names(path: Path) -> list[str]:
    return [name.removeprefix(str(path.parent) + "/") for name, _ in documents(path)]


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return path


@pytest.mark.parametrize("indent", [None, 1])
def test_a_large_object_is_read_member_by_member(indent: int | None) -> None:
    text = json.dumps(LARGE, ensure_ascii=False, indent=indent)
    assert len(text) > 2 << 20
    assert dict(members(io.StringIO(text))) == LARGE


@pytest.mark.parametrize("change", ["cut", "no end", "no colon", "no comma", "trailing comma", "key", "list"])
def test_a_large_object_that_is_broken_is_told(change: str) -> None:
    text = json.dumps(LARGE)
    broken = {
        "cut": text[:-100],
        "no end": text[:-1],
        "no colon": text.replace(":", " ", 1),
        "no comma": text.replace("}, ", "} ", 1),
        "trailing comma": text[:-1] + ",}",
        "key": "{1: 2," + text[1:],
        "list": f"[{text}]",
    }[change]
    with pytest.raises(ValueError, match=r"stands where|stands before|ends too early|Expecting|Unterminated|Invalid"):
        list(members(io.StringIO(broken)))


@pytest.mark.parametrize("text", ["", "[]", "3", "{", '{"a" 1}', '{"a": 9' + "9" * 5000 + "}"])
def test_a_small_document_that_is_no_object_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(members(io.StringIO(text)))


def test_a_member_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST_MEMBER", 4 << 20)
    with pytest.raises(ValueError, match="longer than 4 million characters"):
        list(members(io.StringIO('{"a": "' + "b" * (12 << 20))))


def test_documents_come_by_name_from_folders_and_the_archives_in_them(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "b").mkdir(parents=True)
    for name in ("z.json", "b/a.json", "notes.txt"):
        (root / name).write_text("{}")
    zipped(root / "a.zip", two_json=b"{}", one_json=b"{}", three_txt=b"")
    os.mkfifo(root / "pipe.json")
    assert names(root) == ["data/a.zip:one.json", "data/a.zip:two.json", "data/z.json", "data/b/a.json"]


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST_ARCHIVE", 1 << 20)
    bomb = zipped(tmp_path / "bomb.zip", a_json=b"0" * (1 << 20), b_json=b"0" * (1 << 20))
    assert bomb.stat().st_size < 10_000
    with pytest.raises(UserError, match="would unpack to"):
        names(bomb)


@pytest.mark.parametrize(("name", "complaint"), [("nothing", "is not there"), ("pipe", "neither a file nor a folder"), ("cut.zip", "not a zip archive")])
def test_what_cannot_be_read_is_told(name: str, complaint: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "cut.zip").write_bytes(zipped(tmp_path / "whole.zip", a_json=b"{}").read_bytes()[:40])
    with pytest.raises(UserError, match=complaint):
        names(tmp_path / name)
