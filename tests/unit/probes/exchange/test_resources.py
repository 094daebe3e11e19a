from typing import Any

import pytest

from paredown.probes.exchange.resources import Place, Resources


@pytest.mark.parametrize(
    ("value", "kind", "pointer"),
    [
        ({"name": "x", "id": 5}, "integer", "/id"),
        ({"item_id": 5, "id": 6}, "integer", "/item_id"),
        ({"data": {"id": "a1"}}, "string", "/data/id"),
        ({"count": 1, "results": [{"uuid": "u"}]}, "string", "/results/0/uuid"),
        ([{"id": 5}], "integer", "/0/id"),
        (["a", "b"], "string", "/0"),
        ("a1", "string", ""),
    ],
)
def test_place_of_an_id_is_found_in_what_was_created(value: Any, kind: str, pointer: str) -> None:
    resources = Resources()
    resources.take("POST", "/items", "POST /items, valid", value)
    assert resources.find("/items/{item_id}", "item_id", kind) == Place("POST /items, valid", pointer)


def test_no_place_is_found_when_kinds_do_not_fit() -> None:
    resources = Resources()
    resources.take("POST", "/items", "it", {"id": "not-a-number", "ok": True})
    assert resources.find("/items/{item_id}", "item_id", "integer") is None


def test_created_goes_before_listed_and_the_first_stays() -> None:
    resources = Resources()
    resources.take("GET", "/items/", "list", [{"id": 1}])
    resources.take("POST", "/items", "first", {"id": 2})
    resources.take("POST", "/items", "second", {"id": 3})
    assert resources.find("/items/{id}", "id", "integer") == Place("first", "/id")


def test_property_refers_to_a_thing_of_that_name() -> None:
    resources = Resources()
    resources.take("POST", "/v1/categories", "made", {"id": 2})
    assert resources.refers("category_id", "integer") == Place("made", "/id")
    assert resources.refers("categoryId", "integer") == Place("made", "/id")
    assert resources.refers("title", "string") is None
