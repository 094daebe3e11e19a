"""Packages looked up in all the data that was pointed at."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from advisory_data import affected, alpine, debian, distribution, issue, record
from paredown.advisories.look_up import look_up
from paredown.errors import UserError
from paredown.holdings import LookedUp, Subject

DJANGO = distribution("django", "3.2")
OPENSSL = debian("openssl", "3.0.15-1")
EVER = {"introduced": "0"}


def written(folder: Path, **documents: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, value in documents.items():
        (folder / f"{name}.json").write_text(value if isinstance(value, str) else json.dumps(value))
    return folder


def told(folder: Path, *subjects: Subject, **documents: Any) -> LookedUp:
    return look_up([written(folder, **documents)], subjects)


def test_one_issue_under_several_ids_is_matched_once(tmp_path: Path) -> None:
    about = affected("PyPI", "django", EVER)
    ghsa = record("GHSA-aaaa", about, aliases=["CVE-2026-1"])
    pysec = record("PYSEC-2026-1", about, aliases=["GHSA-aaaa", "BIT-django-2026-1"])
    found = told(tmp_path, DJANGO, ghsa=ghsa, pysec=pysec, other=record("PYSEC-2026-2", about))
    assert found.matched == {DJANGO: {"CVE-2026-1", "PYSEC-2026-2"}}
    assert found.aliases == {"CVE-2026-1": ("BIT-django-2026-1", "GHSA-aaaa", "PYSEC-2026-1")}


def test_debians_list_and_what_osv_makes_of_it_are_one(tmp_path: Path) -> None:
    osv = record("DEBIAN-CVE-2026-1", affected("Debian:12", "openssl", EVER), upstream=["CVE-2026-1"])
    found = told(tmp_path, OPENSSL, osv=osv, tracker={"openssl": {"CVE-2026-1": issue(bookworm=("open", ""))}})
    assert found.matched == {OPENSSL: {"CVE-2026-1"}}
    assert (found.read, found.covered) == (2, {"Debian 12"})


def test_what_was_withdrawn_matches_nothing(tmp_path: Path) -> None:
    found = told(tmp_path, DJANGO, a=record("A-1", affected("PyPI", "django", EVER), withdrawn="2026-01-01T00:00:00Z"))
    assert (found.matched, found.read, found.withdrawn) == ({}, 1, 1)


def test_what_one_leaves_open_another_may_decide(tmp_path: Path) -> None:
    git = affected("PyPI", "django", EVER, kind="GIT")
    decided = record("PYSEC-1", affected("PyPI", "django", EVER), aliases=["CVE-1"])
    found = told(tmp_path, DJANGO, a=record("A-1", git, aliases=["CVE-1"]), b=record("A-2", git), c=decided)
    assert (found.matched, found.undecided) == ({DJANGO: {"CVE-1"}}, {DJANGO: {"A-2"}})


def test_what_the_data_has_nothing_about_is_not_covered(tmp_path: Path) -> None:
    found = told(tmp_path, DJANGO, OPENSSL, alpine("musl", "1.2.5-r0"), a=record("A-1", affected("PyPI", "flask", EVER), affected("Debian:11", "x", EVER)))
    assert (found.matched, found.covered) == ({}, {"PyPI"})


def test_of_an_archive_the_unreadable_is_counted_and_the_rest_read(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    deep = '{"id": ' + "[" * 100_000 + "]" * 100_000 + "}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("../../a.json", json.dumps(record("A-1", affected("PyPI", "django", EVER)))), ("b.json", "{"), ("c.json", deep)):
            archive.writestr(name, text)
        archive.writestr("d.json", b"\xff\xfe")
        archive.writestr("e.json", json.dumps({"id": 1, "affected": []}))
    found = look_up([path], [DJANGO])
    assert (found.matched, found.read) == ({DJANGO: {"A-1"}}, 1)
    assert [name.rpartition(":")[2] for name in found.unreadable] == ["b.json", "c.json", "d.json", "e.json"]


def test_a_damaged_member_of_an_archive_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", json.dumps(record("A-1", affected("PyPI", "django", EVER))))
        archive.writestr("b.json", json.dumps(record("A-2", affected("PyPI", "django", EVER))))
    path.write_bytes(path.read_bytes().replace(b'"A-2"', b'"A-9"'))
    found = look_up([path], [DJANGO])
    assert (found.matched, len(found.unreadable)) == ({DJANGO: {"A-1"}}, 1)


def test_a_package_of_debians_list_that_cannot_be_read_is_counted(tmp_path: Path) -> None:
    found = told(tmp_path, OPENSSL, tracker={"openssl": {"CVE-2026-1": issue(bookworm=("open", ""))}, "curl": {"CVE-2026-2": {"releases": 3}}})
    assert (found.matched, found.unreadable) == ({OPENSSL: {"CVE-2026-1"}}, (f"{tmp_path}/tracker.json: curl",))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not JSON, or not all of it"),
        ("[1]", "not a JSON object"),
        ('{"name": "x"}', "neither a record of OSV nor the list"),
        ('{"id": 3, "modified": ""}', "record.id is 3, not a text"),
        ('{"id": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(text: str, complaint: str, tmp_path: Path) -> None:
    path = written(tmp_path, a=text) / "a.json"
    with pytest.raises(UserError, match=complaint) as caught:
        look_up([path], [DJANGO])
    assert caught.value.where == str(path)


def test_a_folder_without_advisories_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no advisories that can be read"):
        told(tmp_path, DJANGO, a="{")
