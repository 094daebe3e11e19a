import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paredown.probes.exchange.schema import Schemas
from paredown.probes.exchange.trials import edges, wrong

_FORMATS = {"uuid": UUID, "date": date.fromisoformat, "date-time": datetime.fromisoformat}


def _is_valid(value: Any, schema: dict[str, Any]) -> bool:
    """A second opinion: validity by the words of JSON Schema that these tests use."""
    if "enum" in schema:
        return value in schema["enum"]
    if "anyOf" in schema:
        return any(_is_valid(value, choice) for choice in schema["anyOf"])
    if "allOf" in schema:
        return all(_is_valid(value, part) for part in schema["allOf"])
    match schema.get("type"):
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "number" as kind:
            good = isinstance(value, int if kind == "integer" else (int, float)) and not isinstance(value, bool)
            return good and schema.get("minimum", value) <= value <= schema.get("maximum", value) and value != schema.get("exclusiveMinimum")
        case "string":
            if not isinstance(value, str) or not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6):
                return False
            if "format" in schema:
                _FORMATS[schema["format"]](value)
            return re.search(schema.get("pattern", ""), value) is not None
        case "array":
            inside = isinstance(value, list) and all(_is_valid(one, schema["items"]) for one in value)
            return inside and schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", 10**6)
        case "object":
            names = set(schema.get("required", ()))
            return isinstance(value, dict) and names <= set(value) and all(_is_valid(value[name], schema["properties"][name]) for name in value)
    return True


_LIMITS = st.tuples(st.integers(-50, 50), st.integers(0, 40))
_SIMPLE = st.one_of(
    st.just({"type": "boolean"}),
    st.builds(lambda at: {"type": "integer", "minimum": at[0], "maximum": at[0] + at[1]}, _LIMITS),
    st.builds(lambda at: {"type": "number", "minimum": at[0], "maximum": at[0] + at[1]}, _LIMITS),
    st.builds(lambda at: {"type": "integer", "exclusiveMinimum": at[0]}, _LIMITS),
    st.builds(lambda at: {"type": "string", "minLength": at[1], "maxLength": at[1] + 3}, _LIMITS),
    st.sampled_from([{"type": "string", "format": name} for name in _FORMATS]),
    st.sampled_from([{"type": "string", "pattern": text} for text in (r"^[A-Z]{3}-\d{2,4}$", r"^(red|green)\w+\.[^a-c]$", r"^\+?[1-9]\d{6,14}$", r"\S+@\S+")]),
    st.builds(lambda words: {"enum": sorted(words)}, st.sets(st.text("abc", min_size=1), min_size=1, max_size=3)),
    st.just({"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 3}]}),
)


def _nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    objects = st.dictionaries(st.sampled_from("abcd"), inner, max_size=4)
    return st.one_of(
        st.builds(lambda one, least: {"type": "array", "items": one, "minItems": least, "maxItems": least + 2}, inner, st.integers(0, 3)),
        st.builds(lambda named, count: {"type": "object", "properties": named, "required": sorted(named)[:count]}, objects, st.integers(0, 4)),
    )


@settings(max_examples=300, deadline=None)
@given(st.recursive(_SIMPLE, _nested, max_leaves=8), st.integers(0, 2))
def test_values_are_valid_and_always_the_same(schema: dict[str, Any], variant: int) -> None:
    for full in (True, False):
        value = Schemas({}, variant=variant).value(schema, full=full)
        assert _is_valid(value, schema), value
        assert value == Schemas({}, variant=variant).value(schema, full=full)


@settings(max_examples=200, deadline=None)
@given(_SIMPLE)
def test_wrong_values_are_not_valid_and_edges_are(schema: dict[str, Any]) -> None:
    plain = Schemas({}).plain(schema)
    assert not [value for _, value in wrong(plain) if "format" not in plain and _is_valid(value, schema) and value is not None]
    assert all(_is_valid(value, schema) for _, value in edges(plain))


def test_references_are_followed_and_do_not_go_round_for_ever() -> None:
    node = {"type": "object", "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}}}
    document = {"components": {"schemas": {"Node": node, "Self": {"$ref": "#/components/schemas/Self"}}}}
    value = Schemas(document).value({"$ref": "#/components/schemas/Node"})
    assert value["children"][0]["name"] == "text"
    assert Schemas(document).value({"$ref": "#/components/schemas/Self"}) == "text"
    assert Schemas(document).value({"$ref": "other.json#/Node"}) == "text"


def test_parts_are_joined_when_all_of_them_hold() -> None:
    parts = [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"b": {"type": "boolean"}}}]
    assert Schemas({}).value({"allOf": parts, "type": "object"}) == {"a": 1, "b": True}


@pytest.mark.parametrize(
    ("schema", "expected"), [({"type": "integer", "example": 7}, 7), ({"type": ["null", "integer"], "default": 5}, 5), ({"type": "integer", "example": "x"}, 1)]
)
def test_examples_and_defaults_go_first_where_they_fit(schema: dict[str, Any], expected: int) -> None:
    assert Schemas({}).value(schema) == expected


def test_what_only_answers_hold_is_not_sent() -> None:
    schema = {"type": "object", "properties": {"id": {"type": "integer", "readOnly": True}, "a": {"type": "integer"}}, "required": ["id", "a"]}
    assert Schemas({}).value(schema) == {"a": 1}


@pytest.mark.parametrize(
    "nonsense",
    [None, 5, [], {"type": 5}, {"properties": []}, {"type": "object", "required": "a"}, {"type": "array", "minItems": "x"}, {"anyOf": {}}, {"enum": {}}],
)
def test_nonsense_makes_some_value(nonsense: Any) -> None:
    assert isinstance(Schemas({}).value(nonsense), str | dict | list)
