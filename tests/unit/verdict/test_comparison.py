"""What differs, what is noise, and that nothing else is forgiven."""

from typing import Any

from paredown.result import Difference, Observation
from paredown.verdict.comparison import Comparison, compare, run_of


def said(value: Any, *, key: str = "GET /", probe: str = "http") -> Observation:
    return Observation(probe=probe, key=key, value=value)


def well(complaint: str | None, *, key: str = "json") -> Observation:
    return Observation(probe="modules", key=key, value=complaint, kept=True)


def compared(before: list[Observation], again: list[Observation], *afters: list[Observation]) -> Comparison:
    return compare([run_of(before), run_of(again)], [run_of(after) for after in afters])


def places(found: Comparison) -> list[tuple[str, str, str]]:
    return [(each.place, each.before, each.after) for each in found.differences]


def test_nothing_differs_when_all_is_equal() -> None:
    value = {"status": 200, "body": {"items": [{"id": 1}, {"id": 2}]}}
    assert compared([said(value)], [said(value)], [said(value)]) == Comparison((), ())


def test_a_value_differs_where_it_stands() -> None:
    found = compared([said({"body": {"a": [1, 2]}})], [said({"body": {"a": [1, 2]}})], [said({"body": {"a": [1, 3]}})])
    assert places(found) == [("/body/a/*", "2", "3")]


def test_a_key_that_is_gone_or_new_differs() -> None:
    found = compared([said({"a": 1})], [said({"a": 1})], [said({"b": 1})])
    assert places(found) == [("/a", "1", "(absent)"), ("/b", "(absent)", "1")]


def test_true_is_not_one() -> None:
    assert places(compared([said({"a": True})], [said({"a": True})], [said({"a": 1})])) == [("/a", "true", "1")]


def test_what_two_befores_disagree_on_is_masked_and_shown() -> None:
    found = compared([said({"id": 4, "x": 1})], [said({"id": 5, "x": 1})], [said({"id": 9, "x": 1})])
    assert not found.differences
    assert [(mask.place, mask.one, mask.other) for mask in found.masks] == [("/id", "4", "5")]


def test_a_mask_holds_for_every_element_of_a_list() -> None:
    found = compared([said([{"id": 1}, {"id": 7}])], [said([{"id": 2}, {"id": 7}])], [said([{"id": 1}, {"id": 8}])])
    assert not found.differences


def test_a_mask_forgives_the_value_but_not_the_type() -> None:
    assert places(compared([said({"id": 4})], [said({"id": 5})], [said({"id": "5"})])) == [("/id", "4", "5")]
    assert places(compared([said({"id": "a1"})], [said({"id": "b2"})], [said({"id": ""})])) == [("/id", "a1", "")]


def test_a_mask_forgives_nothing_beside_it() -> None:
    found = compared([said({"id": 4, "status": 200})], [said({"id": 5, "status": 200})], [said({"id": 6, "status": 500})])
    assert places(found) == [("/status", "200", "500")]


def test_a_header_that_varies_once_is_masked_in_every_answer() -> None:
    def answer(date: str, key: str) -> Observation:
        return said({"headers": {"date": [date]}}, key=key)

    first = [answer("10:00:01", "a"), answer("10:00:02", "b")]
    again = [answer("10:00:01", "a"), answer("10:00:03", "b")]
    assert not compared(first, again, [answer("10:00:09", "a"), answer("10:00:09", "b")]).differences


def test_an_order_that_varies_is_masked_and_an_order_that_does_not_is_kept() -> None:
    assert not compared([said([1, 2, 3])], [said([3, 1, 2])], [said([2, 1, 3])]).differences
    assert places(compared([said([1, 2, 3])], [said([1, 2, 3])], [said([2, 1, 3])])) == [("/(order)", "[1, 2, 3]", "[2, 1, 3]")]
    assert compared([said([1, 2, 3])], [said([3, 1, 2])], [said([2, 1, 4])]).differences


def test_words_that_vary_in_a_text_are_masked_and_the_others_are_not() -> None:
    one, other = "<p>Hello</p>\n<input value=abc1>\n<p>end</p>", "<p>Hello</p>\n<input value=xyz9>\n<p>end</p>"
    assert not compared([said(one)], [said(other)], [said(one.replace("abc1", "q7"))]).differences
    assert compared([said(one)], [said(other)], [said(one.replace("Hello", "Error"))]).differences


def test_what_is_kept_may_only_get_better() -> None:
    broken = "ImportError: no"
    assert not compared([well(None)], [well(None)], [well(None)]).differences
    assert not compared([well(broken)], [well(broken)], [well(None)]).differences
    assert not compared([well(broken)], [well(broken)], []).differences
    assert not compared([], [], [well(None)]).differences
    assert places(compared([well(None)], [well(None)], [well(broken)])) == [("", "fine", broken)]
    assert places(compared([well(None)], [well(None)], [])) == [("", "fine", "(absent)")]


def test_what_only_one_before_shows_is_noise() -> None:
    found = compared([said(1, key="x")], [], [said(2, key="x")])
    assert not found.differences
    assert [mask.key for mask in found.masks] == ["x"]


def test_a_difference_that_one_of_two_afters_does_not_show_is_told_as_a_mask() -> None:
    found = compared([said({"a": 1})], [said({"a": 1})], [said({"a": 2})], [said({"a": 1})])
    assert not found.differences
    assert [(mask.place, mask.other) for mask in found.masks] == [("/a", "2 (once)")]


def test_a_difference_names_probe_and_key_when_it_is_found() -> None:
    assert compared([said(1)], [said(1)], [said(2)]).differences == (Difference(probe="http", key="GET /", place="", before="1", after="2"),)
