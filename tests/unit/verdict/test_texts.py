"""Texts with words that vary."""

import pytest

from paredown.verdict.texts import matches


@pytest.mark.parametrize(
    ("one", "other", "third", "like"),
    [
        ("took 3 ms", "took 14 ms", "took 120 ms", True),
        ("took 3 ms", "took 14 ms", "took long ms", False),
        ("took 3 ms", "took 14 ms", "TOOK 5 ms", False),
        ("id a1b2", "id c3d4", "id 77ff", True),
        ("id a1b2", "id c3d4", "id ", False),
        ("a (x) b", "a (x.*) b", "a (anything) b", False),
        ("from 10.0.0.1:5", "from 10.0.0.1:61", "from 10.0.0.1:8", True),
        # Flask's session: what it holds, when, and a signature, in which hyphens come and go.
        ("s=eyJsYW5ndWFnZSI6ImVzIn0.aSBY1g.w8nJbYl1WbHk2Zp_0u5tDqV3EaX; Path=/", "s=eyJsYW5ndWFnZSI6ImVzIn0.aSBY1w.Qk0a9yZpW7uHfJ2sLxT5mRvB1cZ; Path=/",
         "s=eyJsYW5ndWFnZSI6ImVzIn0.aSBY2A.m-4-TzX8vQwKpLr6sNyHc-2JdFo; Path=/", True),
        ("s=eyJsYW5ndWFnZSI6ImVzIn0.aSBY1g.w8nJbYl1WbHk2Zp_0u5tDqV3EaX; Path=/", "s=eyJsYW5ndWFnZSI6ImVzIn0.aSBY1w.Qk0a9yZpW7uHfJ2sLxT5mRvB1cZ; Path=/",
         "s=eyJsYW5ndWFnZSI6ImRlIn0.aSBY2A.m-4-TzX8vQwKpLr6sNyHc-2JdFo; Path=/", False),
        ("one\ntwo\n", "one\ntwo\nthree\n", "one\ntwo\nfour\n", True),
    ],
)  # fmt: skip
def test_matches_only_what_is_equal_where_both_agree(one: str, other: str, third: str, like: bool) -> None:
    assert matches(one, other, third) is like


def test_matches_a_long_page_in_which_one_token_varies() -> None:
    page = "\n".join(f"<tr><td>{number}</td><td>{'word ' * 20}</td></tr>" for number in range(4000))
    one, other, third = (page.replace("<td>2000</td>", f"<td>{token}</td>") for token in ("aaa", "bbb", "ccc"))
    assert matches(one, other, third)
    assert not matches(one, other, third.replace("<td>17</td>", "<td>18</td>"))
