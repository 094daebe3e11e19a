"""What Debian's own list says of a source package in a release."""

import pytest

from advisory_data import debian, issue
from paredown.advisories.claims import wanted
from paredown.advisories.debian_tracker import claims, is_package
from paredown.errors import BrokenArchiveError
from paredown.oci.foreign_json import Node


@pytest.mark.parametrize(
    ("status", "fixed", "answer"),
    [
        ("open", "", True),
        ("open", "1.0-3", True),  # the fix is there, the image is older
        ("open", "1.0-2", False),
        ("resolved", "1.0-3", True),
        ("resolved", "1.0-2", False),
        ("resolved", "0", False),  # the release never had it
        ("resolved", "", None),
        ("resolved", "no version", None),
        ("undetermined", "", None),
        ("undetermined", "1.0-3", None),
    ],
)
def test_a_state_decides_by_the_version_that_fixes_it(status: str, fixed: str, answer: bool | None) -> None:
    told = {"CVE-2026-1": issue(bookworm=(status, fixed), trixie=("resolved", "0"), bullseye=("open", ""))}
    assert [(claim.id, claim.affected) for claim in claims(Node(told, "x"), "x", wanted([debian("x", "1.0-2")]))] == [("CVE-2026-1", answer)]


def test_a_release_that_the_list_does_not_name_has_nothing() -> None:
    assert list(claims(Node({"CVE-2026-1": issue(trixie=("open", ""))}, "x"), "x", wanted([debian("x", "1.0-2")]))) == []


def test_a_package_is_told_by_its_issues_releases() -> None:
    assert is_package({"CVE-2026-1": issue(sid=("open", ""))})
    for other in ({}, {"a": 1}, {"CVE-2026-1": {}}, {"CVE-2026-1": {"releases": []}}, [], "x", None):
        assert not is_package(other)


def test_a_wrong_shape_is_told_with_its_place() -> None:
    with pytest.raises(BrokenArchiveError, match=r"x\.CVE-2026-1\.releases\.bookworm\.status is 3"):
        list(claims(Node({"CVE-2026-1": {"releases": {"bookworm": {"status": 3}}}}, "x"), "x", wanted([debian("x", "1.0-2")])))
