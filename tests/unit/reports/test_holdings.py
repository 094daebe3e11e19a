"""Packages, files and matched advisories as people and machines are told of them."""

import re

from advisory_data import debian, distribution
from paredown.holdings import Contents, Held, Holdings, LookedUp
from paredown.reports.holdings import holdings_text, holdings_value
from paredown.reports.ink import Ink

PLAIN = Ink(colours=False)
DJANGO, OPENSSL = distribution("django", "3.2"), debian("openssl", "3.0.15-1")
HELD = (
    Held(name="libssl3", version="3.0.15-1", kind="dpkg", reduced=False, subject=OPENSSL),
    Held(name="openssl", version="3.0.15-1", kind="dpkg", reduced=False, subject=OPENSSL),
    Held(name="zlib (/opt/conda)", version="1", kind="conda", reduced=False, subject=None),
    Held(name="django", version="3.2", kind="PyPI", reduced=True, subject=DJANGO),
)
CONTENTS = {"before": Contents(packages=HELD, files=12_000), "after": Contents(packages=HELD[3:], files=900)}


def looked_up(**changes):
    told = {
        "matched": {DJANGO: frozenset({"CVE-1", "CVE-2"}), OPENSSL: frozenset({"CVE-2", "CVE-3"})},
        "undecided": {OPENSSL: frozenset({"CVE-1", "CVE-4"})},
        "aliases": {"CVE-1": ("GHSA-1",)},
        "read": 12_345,
        "withdrawn": 7,
        "unreadable": (),
        "covered": frozenset({"PyPI", "Debian 12"}),
    }
    return LookedUp(**{**told, **changes})


def rows(text):
    return {line.rsplit(maxsplit=2)[0].strip(): tuple(line.rsplit(maxsplit=2)[1:]) for line in text.splitlines() if re.search(r"\d+ +[\d,]+$", line)}


def test_three_numbers_stand_side_by_side_and_none_for_another():
    text = holdings_text(Holdings(contents=CONTENTS, looked_up=looked_up()), PLAIN)
    assert rows(text) == {
        "packages": ("4", "1"), "of the system": ("3", "0"), "Python distributions": ("1", "1"), "of all, not with every file": ("1", "1"),
        "files": ("12,000", "900"), "advisories matched": ("3", "2"), "advisories undecided": ("1", "0"),
    }  # fmt: skip
    assert "vulnerab" not in text.lower()
    assert "Advisories read: 12,345, 7 of them withdrawn." in text


def test_without_data_nothing_is_said_of_advisories():
    assert "dvisor" not in holdings_text(Holdings(contents=CONTENTS), PLAIN)


def test_what_was_not_looked_up_or_not_read_is_told():
    text = holdings_text(Holdings(contents=CONTENTS, looked_up=looked_up(covered=frozenset({"PyPI"}), unreadable=("a.zip:b\x1b.json", "c"))), PLAIN)
    assert "packages not looked up: 1, as no advisories are known for what brought them" in text
    assert "packages not looked up: 2, as the data has nothing about Debian 12" in text
    assert "parts of the data that could not be read: 2, the first is a.zip:b␛.json" in text


def test_no_line_is_wider_than_80_columns():
    odd = looked_up(unreadable=("x" * 40 + " " + "y" * 60,), covered=frozenset())
    assert max(len(line) for line in holdings_text(Holdings(contents=CONTENTS, looked_up=odd), PLAIN).splitlines()) <= 80


def test_machines_get_the_list_by_package():
    value = holdings_value(Holdings(contents=CONTENTS, looked_up=looked_up(covered=frozenset({"PyPI"}))))
    assert (value["before"]["advisories_matched"], value["after"]["advisories_matched"]) == (3, 2)
    assert [(each["package"], each["source"], each["matched"], each["undecided"]) for each in value["before"]["by_package"]] == [
        ("django", "django", ["CVE-1", "CVE-2"], []),
        ("libssl3", "openssl", ["CVE-2", "CVE-3"], ["CVE-1", "CVE-4"]),
        ("openssl", "openssl", ["CVE-2", "CVE-3"], ["CVE-1", "CVE-4"]),
    ]
    assert value["after"]["by_package"][0]["reduced"] is True
    assert value["advisories"]["not_looked_up"] == [{"origin": "", "packages": 1}, {"origin": "Debian 12", "packages": 2}]
    assert value["advisories"]["aliases"] == {"CVE-1": ["GHSA-1"]}
    assert "advisories" not in holdings_value(Holdings(contents=CONTENTS))
