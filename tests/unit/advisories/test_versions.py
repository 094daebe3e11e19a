"""Which of two versions is later, and which of them a range has."""

from itertools import pairwise

import pytest

from paredown.advisories.versions import in_range, placed

IN_ORDER = {
    "PyPI": ("1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1.0.1", "1.10", "1!0.1"),
    "Debian": ("1.0~rc1-1", "1.0-1", "1.0-1+b1", "1.0-1+deb12u1", "1.0-2", "1.0+dfsg-1", "1.10-1", "1:0.9-1"),
    "Alpine": (
        "1.1_alpha", "1.1_alpha2", "1.1_beta1", "1.1_pre1", "1.1_rc1", "1.1", "1.1-r0", "1.1-r10", "1.1~a1b2-r0", "1.1_git20240101", "1.1_p1", "1.1_p1-r1",
        "1.1_p10", "1.1a", "1.1b-r2", "1.1.01", "1.1.09", "1.1.1", "1.1.9", "1.1.10", "2.0_rc1", "2.0",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("ecosystem", "earlier", "later"), [(name, *pair) for name, versions in IN_ORDER.items() for pair in pairwise(versions)])
def test_versions_have_the_order_of_their_ecosystem(ecosystem: str, earlier: str, later: str) -> None:
    assert placed(ecosystem, earlier) < placed(ecosystem, later)


@pytest.mark.parametrize(
    ("ecosystem", "text"), [("PyPI", "2004d"), ("PyPI", ""), ("Debian", "<unfixed>"), ("Debian", ""), ("Alpine", "1.0bc"), ("Alpine", "1_foo"), ("Alpine", "")]
)
def test_what_is_no_version_has_no_place(ecosystem: str, text: str) -> None:
    assert placed(ecosystem, text) is None


@pytest.mark.parametrize(
    ("events", "version", "answer"),
    [
        ([("introduced", "0")], "0.1", True),
        ([("introduced", "0"), ("fixed", "2.0")], "1.9", True),
        ([("introduced", "0"), ("fixed", "2.0")], "2.0", False),
        ([("introduced", "0"), ("last_affected", "2.0")], "2.0", True),
        ([("introduced", "0"), ("last_affected", "2.0")], "2.0.1", False),
        ([("introduced", "1.5"), ("fixed", "2.0")], "1.4", False),
        # In any order, and with a gap.
        ([("fixed", "3.2"), ("introduced", "3.0"), ("fixed", "2.0"), ("introduced", "0")], "3.1", True),
        ([("fixed", "3.2"), ("introduced", "3.0"), ("fixed", "2.0"), ("introduced", "0")], "2.5", False),
        ([("introduced", "0"), ("limit", "2.0")], "2.1", False),
        ([("introduced", "0"), ("limit", "2.0"), ("limit", "*")], "2.1", True),
        ([("introduced", "0"), ("fixed", "no version")], "1.0", None),
        ([("introduced", "0")], "no version", None),
        ([("fixed", "2.0")], "1.0", None),
    ],
)
def test_a_range_has_what_lies_between_its_events(events: list[tuple[str, str]], version: str, answer: bool | None) -> None:
    assert in_range("PyPI", version, events) is answer
