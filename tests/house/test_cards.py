"""Every trim carries a complete card: what, why, by which source, and an example that is executed elsewhere."""

import re

import pytest

from paredown import trims
from paredown.trims.interface import Action, Trim

ALL: tuple[Trim, ...] = getattr(trims, "TRIMS", ())
SOURCE = re.compile(r"https://\S+|[\w.-]+/[\w.-]+(#\d+|[ :]\S.*)")  # an address, a thread, or a document in a repository


def test_trims_are_found() -> None:
    assert ALL


@pytest.mark.parametrize("trim", ALL, ids=lambda trim: trim.card.id)
def test_card_is_complete(trim: Trim) -> None:
    card = trim.card
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", card.id)
    assert card.summary.strip()
    assert card.why.strip()
    assert card.sources
    assert all(SOURCE.fullmatch(source) for source in card.sources), card.sources
    assert re.fullmatch(r"\d+\.\d+\.\d+", card.since)


@pytest.mark.parametrize("trim", ALL, ids=lambda trim: trim.card.id)
def test_card_has_an_example_that_loses_something(trim: Trim) -> None:
    assert set(trim.after) < set(trim.before) or trim.action is Action.STRIP


def test_ids_are_unique() -> None:
    ids = [trim.card.id for trim in ALL]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("trim", ALL, ids=lambda trim: trim.card.id)
def test_trims_file_has_its_name(trim: Trim) -> None:
    assert trim.find.__module__.rpartition(".")[2] == trim.card.id.replace("-", "_")
