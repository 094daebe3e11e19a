"""What the report says first, and what it says of what is missing."""

import pytest

from comparisons import comparison, picture, verdict
from paredown.comparison import Exposure
from paredown.reports.comparison.page import page_of
from paredown.result import Difference, Skipped

FAULT = Difference(probe="http", key="GET /", place="", before="200", after="500")


def test_the_headline_is_the_size_and_the_answer() -> None:
    assert page_of(comparison()).title == "60 % smaller, equivalent"


@pytest.mark.parametrize(("after", "title"), [(190_000_000, "100 % larger"), (1_990_000_000, "20 times as large"), (90_000_000, "the same size")])
def test_the_headline_is_honest_when_nothing_was_won(after: int, title: str) -> None:
    assert page_of(comparison(after=picture(after, 10_000_000))).title == f"{title}, equivalent"


def test_the_headline_tells_when_it_is_not_proven() -> None:
    assert page_of(comparison(verdict=verdict(differences=(FAULT,)))).title == "60 % smaller, different"
    assert page_of(comparison(verdict=verdict(unproven=(Skipped(what="session", reason="x"),)))).title == "60 % smaller, unproven"


def test_each_reason_of_a_missing_figure_is_told_once_with_all_that_it_concerns() -> None:
    assert dict(page_of(comparison()).absent) == {
        "first build": "nothing was built",
        "memory, idle (after)": "its /proc could not be read",
        "runs as any user (before), runs as any user (after)": "no sandbox",
    }


def test_a_section_without_any_figure_is_told_by_its_reason() -> None:
    assert {section.title: section.absent for section in page_of(comparison()).sections if section.absent} == {"build": "nothing was built"}


def test_practices_that_could_not_be_judged_do_not_count() -> None:
    page = page_of(comparison())
    assert (page.kept, page.judged) == ((0, 1), (1, 1))


def test_pieces_of_both_bars_have_one_scale() -> None:
    base, app = page_of(comparison()).pieces
    assert (base.before, app.before) == ((0, 0.9), (0.9, 1.0))
    assert [round(end, 6) for end in (*base.after, *app.after)] == [0, 0.3, 0.3, 0.4]


def test_what_is_gone_left_and_new_is_told_by_name() -> None:
    (surface,) = page_of(comparison(exposures=(Exposure(name="shells", why="", before=("/bin/bash", "/bin/sh"), after=("/bin/ash", "/bin/sh")),))).surfaces
    assert (surface.gone, surface.left, surface.new) == (("/bin/bash",), ("/bin/sh",), ("/bin/ash",))
