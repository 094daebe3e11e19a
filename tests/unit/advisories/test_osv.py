"""What a record of OSV says of the packages of an image."""

from typing import Any

import pytest

from advisory_data import affected, alpine, debian, distribution, record
from paredown.advisories.claims import wanted
from paredown.advisories.osv import claims, origins
from paredown.errors import BrokenArchiveError
from paredown.holdings import Subject
from paredown.oci.foreign_json import Node

SINCE_START: tuple[dict[str, str], ...] = ({"introduced": "0"}, {"fixed": "2.0"})


def said(told: dict[str, Any], *subjects: Subject) -> list[tuple[str, bool | None]]:
    return [(claim.subject.name, claim.affected) for claim in claims(Node(told, "record"), wanted(subjects))]


def test_a_distribution_goes_by_its_normalised_name() -> None:
    assert said(record("PYSEC-1", affected("PyPI", "Zope.Interface", *SINCE_START)), distribution("zope-interface", "1.0")) == [("zope-interface", True)]


def test_a_package_of_another_ecosystem_or_release_is_not_meant() -> None:
    about = (affected("npm", "x", *SINCE_START), affected("Debian:11", "x", *SINCE_START), affected("Alpine:v3.19", "x", *SINCE_START))
    assert said(record("A-1", *about), distribution("x", "1.0"), debian("x", "1.0-1"), alpine("x", "1.0-r0")) == []


@pytest.mark.parametrize("ecosystem", ["Debian:12", "Debian:bookworm", "Debian"])
def test_a_release_goes_by_each_of_its_names_and_none_stands_for_all(ecosystem: str) -> None:
    assert said(record("A-1", affected(ecosystem, "x", *SINCE_START)), debian("x", "1.0-1")) == [("x", True)]


def test_alpine_is_told_by_its_branch() -> None:
    told = record("ALPINE-CVE-2026-1", affected("Alpine:v3.20", "openssl", {"introduced": "0"}, {"fixed": "3.3.2-r1"}))
    assert said(told, alpine("openssl", "3.3.2-r0"), alpine("openssl", "3.3.2-r1")) == [("openssl", True), ("openssl", False)]


def test_a_listed_version_counts_however_it_is_written() -> None:
    assert said(record("A-1", affected("PyPI", "x", versions=("1.0.0",))), distribution("x", "1.0")) == [("x", True)]
    assert said(record("A-1", affected("PyPI", "x", versions=("2004d",))), distribution("x", "2004d")) == [("x", True)]
    assert said(record("A-1", affected("PyPI", "x", versions=("1.1",))), distribution("x", "1.0")) == [("x", False)]


@pytest.mark.parametrize(
    "about", [affected("PyPI", "x", {"introduced": "0"}, kind="GIT"), affected("PyPI", "x"), affected("PyPI", "x", {"introduced": "0"}, {"fixed": "?"})]
)
def test_what_only_others_can_tell_is_undecided(about: dict[str, Any]) -> None:
    assert said(record("A-1", about), distribution("x", "1.0")) == [("x", None)]
    assert said(record("A-1", about, affected("PyPI", "x", versions=("1.0",))), distribution("x", "1.0")) == [("x", True)]


def test_what_a_distribution_says_of_one_issue_is_that_issue() -> None:
    about = affected("Debian:12", "x", {"introduced": "0"})
    one = record("DEBIAN-CVE-2026-1", about, upstream=["CVE-2026-1"], aliases=["OTHER-1"])
    several = record("DSA-5000-1", about, upstream=["CVE-2026-1", "CVE-2026-2"])
    told = [claim.same for each in (one, several) for claim in claims(Node(each, "record"), wanted([debian("x", "1.0-1")]))]
    assert told == [("OTHER-1", "CVE-2026-1"), ()]


def test_what_a_record_is_about() -> None:
    told = record("A-1", affected("PyPI", "x"), affected("Debian:12", "x"))
    assert origins(Node(told, "record")) == {("PyPI", ""), ("Debian", "12")}


@pytest.mark.parametrize(
    ("about", "place"),
    [
        ([3], "record.affected[0]"),
        ([{"package": "x"}], "record.affected[0].package"),
        ([{"package": {"ecosystem": "PyPI", "name": "x"}, "versions": "1.0"}], "record.affected[0].versions"),
        ([{"package": {"ecosystem": "PyPI", "name": "x"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": 1}]}]}], "events[0].introduced"),
    ],
)
def test_a_wrong_shape_is_told_with_its_place(about: Any, place: str) -> None:
    with pytest.raises(BrokenArchiveError) as caught:
        said({"id": "A-1", "affected": about}, distribution("x", "1.0"))
    assert place in caught.value.what
