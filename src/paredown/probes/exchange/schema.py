"""JSON values by a schema of OpenAPI 2, 3.0 or 3.1: the same ones every time, valid as far as the schema tells."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from paredown.probes.exchange import sample_texts
from paredown.probes.exchange.bindings import at_pointer

_DEPTH = 6  # of objects in objects; below it only what is required
_BOTTOM = 14
_HOPS = 16  # from reference to reference
_MOST_ITEMS = 100
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict, "null": type(None),
}  # fmt: skip
_KEYWORDS = {"properties": "object", "additionalProperties": "object", "items": "array", "pattern": "string"}  # what they are said of


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schemas of `document`. `given` are values for properties by name, which go before all made ones; see `value` for `variant`."""

    document: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
    variant: int = 0

    def plain(self, node: Any, depth: int = 0) -> dict[str, Any]:
        """`node` with references followed, `allOf` joined, and the first choice of `anyOf` and `oneOf` taken that is not null."""
        schema = self.followed(node)
        if depth > _HOPS:
            return {}
        for part in items(schema.pop("allOf", None)):
            schema = _joined(self.plain(part, depth + 1), schema)
        for word in ("oneOf", "anyOf"):
            choices = [self.plain(choice, depth + 1) for choice in items(schema.pop(word, None))]
            choices = [choice for choice in choices if choice.get("type") != "null"]
            if choices:
                schema = _joined(choices[0], {key: value for key, value in schema.items() if key != "discriminator"})
        kinds = schema.get("type")
        if isinstance(kinds, list):
            schema["type"] = next((kind for kind in kinds if kind != "null"), "null")
        elif not isinstance(kinds, str):
            schema.pop("type", None)
            if found := next((kind for word, kind in _KEYWORDS.items() if word in schema), None):
                schema["type"] = found
        return schema

    def followed(self, node: Any) -> dict[str, Any]:
        """`node`, or what its reference within the document leads to."""
        found = mapping(node)
        for _ in range(_HOPS):
            reference = found.get("$ref")
            if not isinstance(reference, str):
                break
            beside = {key: value for key, value in found.items() if key != "$ref"}
            try:
                found = {**mapping(at_pointer(reference[1:], self.document) if reference.startswith("#") else None), **beside}
            except ValueError:
                found = beside
        return dict(found)

    def value(self, node: Any, *, name: str = "", full: bool = True, depth: int = 0, variant: int | None = None) -> Any:
        """A valid value; without what is optional when not `full`. Values of different `variant` differ where they can."""
        schema = self.plain(node)
        variant = self.variant if variant is None else variant
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type")
        if kind not in ("object", "array") and name in self.given and not items(schema.get("enum")):
            return self.given[name]
        if choices := items(schema.get("enum")):
            return choices[variant % len(choices)]
        for known in _told(schema)[variant:]:
            if known is not None and (kind is None or fits(known, kind)) and (full or kind not in ("object", "array")):
                return known
        match kind:
            case "object":
                return self._object(schema, full, depth, variant)
            case "array":
                return self._array(schema, name, full, depth, variant)
            case "integer" | "number":
                return number(schema, whole=kind == "integer", variant=variant)
            case "boolean":
                return variant % 2 == 0
            case "null":
                return None
        return sample_texts.text(schema, name, variant)

    def properties(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The properties that may be sent, by name."""
        return {name: node for name, node in mapping(schema.get("properties")).items() if not self.plain(node).get("readOnly")}

    def required(self, schema: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of those that must be sent."""
        sent = self.properties(schema)
        return tuple(name for name in items(schema.get("required")) if isinstance(name, str) and (name in sent or "properties" not in schema))

    def _object(self, schema: Mapping[str, Any], full: bool, depth: int, variant: int) -> dict[str, Any]:
        required = self.required(schema)
        wanted = self.properties(schema)
        if not full or depth > _DEPTH:
            wanted = {name: node for name, node in wanted.items() if name in required}
        wanted |= {name: {} for name in required if name not in wanted}
        if depth > _BOTTOM:
            return {}
        made = {name: self.value(node, name=name, full=full and depth < _DEPTH, depth=depth + 1, variant=variant) for name, node in wanted.items()}
        further = schema.get("additionalProperties")
        least = whole_number(schema.get("minProperties"), 0)
        if isinstance(further, dict) and full and not made:
            least = max(least, 1)
        while len(made) < min(least, _MOST_ITEMS):
            made[f"key{len(made) + 1}"] = self.value(further, full=full, depth=depth + 1, variant=variant)
        return made

    def _array(self, schema: Mapping[str, Any], name: str, full: bool, depth: int, variant: int) -> list[Any]:
        inner = schema.get("items")
        objects = self.plain(inner).get("type") == "object"
        wanted = (2 if objects and depth == 0 else 1) if full and depth <= _DEPTH else 0
        least, most = whole_number(schema.get("minItems"), 0), whole_number(schema.get("maxItems"), _MOST_ITEMS)
        count = min(max(least, wanted), most, _MOST_ITEMS)
        different = objects or bool(schema.get("uniqueItems"))
        variants = range(variant, variant + count) if different else [variant] * count
        return [self.value(inner, name=name.removesuffix("s"), full=full, depth=depth + 1, variant=each) for each in variants]


def number(schema: Mapping[str, Any], *, whole: bool, variant: int = 0) -> int | float:
    """A number within the limits of `schema`, 1 where there are none."""
    lower, upper = limits(schema, whole=whole)
    step = schema.get("multipleOf")
    step = step if isinstance(step, int | float) and step > 0 else (1 if whole else 0.5)
    found = max(1 + variant * step, lower)
    if found > upper:
        found = upper if upper < math.inf else 1
        found = math.floor(found / step) * step if "multipleOf" in schema else found
    elif "multipleOf" in schema or whole:
        found = math.ceil(found / step) * step
    return int(found) if whole or float(found).is_integer() else found


def limits(schema: Mapping[str, Any], *, whole: bool) -> tuple[float, float]:
    """The least and the greatest number allowed, infinite where there is no limit."""
    step = 1.0 if whole else 0.01
    lower, upper = (_limit(schema.get("minimum"), -math.inf), _limit(schema.get("maximum"), math.inf))
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")  # true beside minimum in 3.0, a number in 3.1
    lower = lower + step if above is True else max(lower, _limit(above, -math.inf) + step)
    upper = upper - step if below is True else min(upper, _limit(below, math.inf) - step)
    return lower, upper


def fits(value: Any, kind: str) -> bool:
    """Whether `value` is of the JSON type `kind`."""
    return isinstance(value, _TYPES.get(kind, object)) and not (isinstance(value, bool) and kind in ("integer", "number"))


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` where it is an object, else an empty one: documents are untrusted."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """`value` where it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def whole_number(value: Any, otherwise: int) -> int:
    """`value` where it is one that is not negative."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise


def _limit(value: Any, otherwise: float) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else otherwise


def _told(schema: Mapping[str, Any]) -> list[Any]:
    """The values that the schema itself tells: examples and the default."""
    examples = schema.get("examples")
    return [*(value for word in ("example", "default") if (value := schema.get(word)) is not None), *items(examples)]


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both schemas in one; what the second says goes before."""
    joined = {**one, **other}
    if "properties" in one or "properties" in other:
        joined["properties"] = {**mapping(one.get("properties")), **mapping(other.get("properties"))}
    if "required" in one or "required" in other:
        joined["required"] = [*items(one.get("required")), *items(other.get("required"))]
    return joined
