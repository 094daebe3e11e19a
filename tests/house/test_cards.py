"""Every rule and every trim carries a complete card: what, why, by which source, and an example that is executed elsewhere."""

import re

import pytest

from paredown.card import Card
from paredown.rules.catalogue import RULES, AnyRule
from paredown.trims import TRIMS
from paredown.trims.interface import Action, Trim

CARDS = [one.card for one in (*RULES, *TRIMS)]
SOURCE = re.compile(r"https://\S+|[\w.-]+/[\w.-]+(#\d+|[ :]\S.*)")  # an address, a thread, or a document in a repository
# Where the same fault is told of elsewhere.
SAME_AS = re.compile(r"hadolint (DL|SC)\d{4}|dockle (CIS|DKL)-(DI|LI)-\d{4}|CIS \d\.\d+|OWASP \d+[ab]?|NIST \d\.\d\.\d|buildkit [A-Z]\w+|12-factor [IVX]+")


def test_trims_and_rules_are_found() -> None:
    assert TRIMS
    assert len(RULES) >= 40


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_card_is_complete(card: Card) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", card.id)
    assert card.summary.strip()
    assert card.why.strip()
    assert card.sources
    assert all(SOURCE.fullmatch(source) for source in card.sources), card.sources
    assert re.fullmatch(r"\d+\.\d+\.\d+", card.since)


@pytest.mark.parametrize("trim", TRIMS, ids=lambda trim: trim.card.id)
def test_card_has_an_example_that_loses_something(trim: Trim) -> None:
    assert set(trim.after) < set(trim.before) or trim.action is Action.STRIP


def test_ids_are_unique() -> None:
    ids = [card.id for card in CARDS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("trim", TRIMS, ids=lambda trim: trim.card.id)
def test_trims_file_has_its_name(trim: Trim) -> None:
    assert trim.find.__module__.rpartition(".")[2] == trim.card.id.replace("-", "_")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
def test_rules_file_has_its_name(rule: AnyRule) -> None:
    assert rule.find.__module__.rpartition(".")[2] == rule.card.id.replace("-", "_")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
def test_rule_names_its_counterparts_as_they_are_called_there(rule: AnyRule) -> None:
    assert [name for name in rule.same_as if not SAME_AS.fullmatch(name)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.card.id)
def test_rule_has_an_example_that_changes(rule: AnyRule) -> None:
    assert str(rule.before).strip()
    assert rule.before != rule.after
