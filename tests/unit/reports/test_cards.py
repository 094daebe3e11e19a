from paredown import guide
from paredown.reports.cards import card_list, card_page
from paredown.reports.ink import Ink

PLAIN = Ink(colours=False)


def test_page_of_a_rule_says_why_shows_an_example_and_how_to_silence() -> None:
    (one,) = guide.named("pip-cache-kept")
    page = card_page(one, PLAIN)
    for part in (
        "pip-cache-kept (rule, warning",
        "why\n  The wheels",
        "  - RUN pip install flask==3.1.0\n  + RUN pip install --no-cache-dir flask==3.1.0",
        "# paredown: ignore=pip-cache-kept",
        "# hadolint ignore=DL3042",
        "sources\n  https://",
    ):
        assert part in page


def test_page_of_a_trim_says_how_to_keep_what_it_takes() -> None:
    (one,) = guide.named("stdlib-development")
    assert "keep = [" in card_page(one, PLAIN)


def test_every_page_and_the_list_fit_80_columns_but_for_addresses_and_examples() -> None:
    everything = guide.everything()
    assert max(map(len, card_list(everything, PLAIN).splitlines())) <= 80
    for one in everything:
        prose = card_page(one, PLAIN).split("\n\nexample")[0].splitlines()
        assert max(map(len, prose)) <= 80


def test_others_name_means_every_rule_that_tells_of_the_same() -> None:
    assert "pip-cache-kept" in {one.card.id for one in guide.named("dl3042")} & {one.card.id for one in guide.named("hadolint DL3042")}
