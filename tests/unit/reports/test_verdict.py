"""A verdict as a person reads it."""

from typing import Any

from paredown.reports.ink import WIDTH, Ink
from paredown.reports.verdict import verdict_report
from paredown.result import Coverage, Culprit, Difference, Mask, Skipped, Verdict
from paredown.tree import Owner, OwnerKind

PLAIN = Ink(colours=False)
CULPRIT = Culprit(
    path="/opt/venv/lib/python3.13/site-packages/shop/lazy.py", owner=Owner(OwnerKind.DISTRIBUTION, "shop", "1.0"), trim="test-suites",
    reason="nothing imports it", fix='keep = ["/opt/venv/lib/python3.13/site-packages/shop/lazy.py"]',
)  # fmt: skip
FAULT = Difference(probe="http", key="GET /lazy", place="/status", before="200", after="500", culprits=(CULPRIT,))


def verdict_of(**parts: Any) -> Verdict:
    plain: dict[str, Any] = {
        "before": "a.tar", "after": "b.tar", "runner": "sandbox", "differences": (), "intended": (), "unproven": (), "skipped": (), "masks": (),
        "coverage": (Coverage(what="routes", exercised=frozenset({"GET /"}), known=frozenset({"GET /", "GET /lazy"})),), "checks": (("http", 12),),
    }  # fmt: skip
    return Verdict(**{**plain, **parts})


def report(*, verbose: bool = False, **parts: Any) -> str:
    return verdict_report(verdict_of(**parts), PLAIN, verbose=verbose)


def test_the_answer_comes_first() -> None:
    assert report().startswith("equivalent: every one of 12 observations is as it was")
    assert report(differences=(FAULT,)).startswith("different: 1 difference in 12 observations")
    assert report(unproven=(Skipped(what="session", reason="x"),)).startswith("unproven: nothing differs, but this could not be exercised: session\n")


def test_the_coverage_names_what_was_left_out() -> None:
    text = report()
    assert "1 of 2" in text
    assert "not GET /lazy" in text


def test_a_difference_tells_both_values_and_the_line_that_keeps_the_file() -> None:
    text = report(differences=(FAULT,))
    for piece in ("different  http: GET /lazy", "at      /status", "before  200", "after   500", "test-suites", CULPRIT.fix):
        assert piece in text


def test_long_values_are_cut_to_where_they_differ() -> None:
    before = "a" * 5000 + "one" + "b" * 5000
    text = report(differences=(Difference(probe="http", key="GET /", place="", before=before, after=before.replace("one", "two")),))
    assert "one" in text
    assert "two" in text
    assert len(text) < 2500


def test_what_is_unproven_is_told_with_its_reason() -> None:
    text = report(unproven=(Skipped(what="session", reason="the service misses the variable DATABASE_URL"),))
    assert "unproven  session" in text
    assert "DATABASE_URL" in text


def test_everything_is_named_when_asked_for() -> None:
    masks = tuple(Mask(probe="http", key=f"GET /{n}", place=f"/id{n}", one="1", other="2") for n in range(12))
    skipped = tuple(Skipped(what=f"check {n}", reason="not asked for") for n in range(12))
    short, long = report(masks=masks, skipped=skipped), report(masks=masks, skipped=skipped, verbose=True)
    assert "/id11" not in short
    assert "check 11" not in short
    assert "/id11" in long
    assert "check 11" in long


def test_every_line_fits_80_columns_when_paths_are_of_usual_length() -> None:
    noted = Skipped(what="websocket", reason="no route of that kind is known in the app, neither by its framework nor by its own code as it is written")
    text = report(differences=(FAULT,), skipped=(noted,), unproven=(noted,))
    assert not [line for line in text.splitlines() if len(line) > WIDTH]


def test_a_complaint_is_told_to_its_end_when_it_says_what_to_write() -> None:
    complaint = f'the service ended with status 1: {"x" * 400}\nfix: [tool.paredown]\nwritable = ["/app"]'
    text = report(differences=(Difference(probe="start", key="comes up", place="", before="fine", after=complaint),))
    assert '          fix: [tool.paredown]\n          writable = ["/app"]' in text


def test_digests_are_shortened() -> None:
    text = report(differences=(Difference(probe="app files", key="a.py", place="", before=f"sha256:{'a' * 64}", after=f"sha256:{'b' * 64}"),))
    assert "after   sha256:bbbbbbbbbbbb…\n" in text + "\n"
