"""What to try of an operation: valid requests first, then those at the edges of what is valid, and past them."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, islice, zip_longest
from typing import Any

from paredown.oci.model import Pairs
from paredown.probes.exchange.bodies import encoded, is_file
from paredown.probes.exchange.documents import Operation, Parameter
from paredown.probes.exchange.schema import Schemas, items, limits, number

_LONGEST = 20_000
_FOREIGN = "Grüße aus 東京 — ½ €"
_IGNORED_HEADERS = frozenset(("accept", "content-type", "authorization"))  # OpenAPI: parameters by these names mean nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One way to ask. `path` are values for holes of the path that are to be just so; the others are for the asker to fill."""

    label: str
    valid: bool = False
    path: Mapping[str, str]
    query: Pairs
    headers: Pairs
    body: bytes = b""


def trials(operation: Operation, schemas: Schemas, most: int) -> list[Trial]:
    """At most `most` of them; the first is valid by all that the document tells."""
    valid = list(_valid(operation, schemas))
    first = valid[0]
    kinds = [
        list(_of_path(operation, schemas, first)),
        list(_of_body(operation, schemas, first)),
        list(_of_query(operation, schemas, first)),
        list(_of_fields(operation, schemas, first)),
        list(_of_files(operation, schemas, first)),
    ]
    in_turn = (trial for group in zip_longest(*kinds) for trial in group if trial is not None)
    return list(islice(chain(valid, in_turn), most))


def text_of(value: Any) -> str:
    """A value as paths and queries carry it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(text_of, value)) if isinstance(value, list) else str(value)


def _valid(operation: Operation, schemas: Schemas) -> Iterator[Trial]:
    first = _trial(operation, schemas, "valid", [one for one in operation.parameters if one.required])
    yield replace(first, valid=True)
    if operation.content is not None and operation.content.example is None:
        fewer = schemas.value(operation.content.schema, full=False)
        if fewer != schemas.value(operation.content.schema):
            yield replace(_with_body(operation, schemas, first, "required fields only", fewer), valid=True)
    if any(not one.required for one in operation.parameters):
        yield replace(_trial(operation, schemas, "every parameter", list(operation.parameters)), valid=True)


def _trial(operation: Operation, schemas: Schemas, label: str, parameters: list[Parameter]) -> Trial:
    query = tuple(pair for one in parameters if one.place == "query" for pair in _pairs(one, _value(one, schemas)))
    headers = [(one.name, text_of(_value(one, schemas))) for one in parameters if one.place == "header" and one.name.lower() not in _IGNORED_HEADERS]
    headers += [("Cookie", f"{one.name}={text_of(_value(one, schemas))}") for one in parameters if one.place == "cookie"]
    trial = Trial(label=label, path={}, query=query, headers=tuple(headers))
    if operation.content is None:
        return trial
    told = operation.content.example
    return _with_body(operation, schemas, trial, label, schemas.value(operation.content.schema) if told is None else told)


def _with_body(operation: Operation, schemas: Schemas, trial: Trial, label: str, value: Any, **file: Any) -> Trial:
    if operation.content is None:
        return trial
    kind, body = encoded(operation.content, value, schemas, **file)
    return _with_bytes(trial, label, body, kind)


def _with_bytes(trial: Trial, label: str, body: bytes, kind: str = "") -> Trial:
    headers = tuple((name, value) for name, value in trial.headers if name != "Content-Type")
    return replace(trial, label=label, valid=False, headers=(*headers, ("Content-Type", kind)) if kind else headers, body=body)


def _value(parameter: Parameter, schemas: Schemas) -> Any:
    return parameter.example if parameter.example is not None else schemas.value(parameter.schema, name=parameter.name)


def _pairs(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    return [(parameter.name, text_of(one)) for one in (value if isinstance(value, list) else [value])]


def _of_path(operation: Operation, schemas: Schemas, first: Trial) -> Iterator[Trial]:
    for one in operation.parameters_in("path"):
        schema = schemas.plain(one.schema)
        yield replace(first, label=f"unknown {one.name}", valid=False, path={one.name: _unknown(schema)})
        if schema.get("type") in ("integer", "number", "boolean") or "format" in schema:
            yield replace(first, label=f"{one.name} of another kind", valid=False, path={one.name: "not-that-kind"})


def _unknown(schema: Mapping[str, Any]) -> str:
    """A value that is valid, and that most likely nothing is called."""
    if schema.get("type") in ("integer", "number"):
        whole = schema.get("type") == "integer"
        return str(int(min(limits(schema, whole=whole)[1], 987_654_321)))
    return "00000000-0000-4000-8000-000000000000" if schema.get("format") in ("uuid", "uuid4") else "no-such-thing"


def _of_query(operation: Operation, schemas: Schemas, first: Trial) -> Iterator[Trial]:
    for one in operation.parameters_in("query"):
        others = tuple(pair for pair in first.query if pair[0] != one.name)
        if one.required:
            yield replace(first, label=f"without {one.name}", valid=False, query=others)
        schema = schemas.plain(one.schema)
        texts = schema.get("type") == "string"
        for label, value in chain(wrong(schema), edges(schema)):
            if not (texts and not isinstance(value, str)):  # any value is a text in a query
                yield replace(first, label=f"{one.name} {label}", valid=False, query=(*others, *_pairs(one, value)))


def _of_body(operation: Operation, schemas: Schemas, first: Trial) -> Iterator[Trial]:
    content = operation.content
    if content is None:
        return
    body = schemas.value(content.schema) if content.example is None else content.example
    if isinstance(body, dict):
        for name in schemas.required(schemas.plain(content.schema))[:3]:
            yield _with_body(operation, schemas, first, f"without {name}", {key: value for key, value in body.items() if key != name})
    kind = dict(first.headers).get("Content-Type", "")
    if "json" in kind:
        yield _with_bytes(first, "broken JSON", b'{"broken": ', kind)
    yield _with_bytes(first, "no body", b"")
    if isinstance(body, dict):
        yield _with_body(operation, schemas, first, "an unknown field", {**body, "unknown_field": "text"})
    yield _with_bytes(first, "another media type", b"plain text", "text/plain")


def _of_fields(operation: Operation, schemas: Schemas, first: Trial) -> Iterator[Trial]:
    content = operation.content
    schema = schemas.plain(content.schema) if content is not None else {}
    body = schemas.value(schema) if content is None or content.example is None else content.example
    if not isinstance(body, dict):
        return
    properties = {name: schemas.plain(node) for name, node in schemas.properties(schema).items()}
    properties = {name: node for name, node in properties.items() if not is_file(node)}
    free = next((name for name, node in properties.items() if node.get("type") == "string" and not node.keys() & {"enum", "format", "pattern", "const"}), None)
    if free is not None:
        yield _with_body(operation, schemas, first, f"{free} in other alphabets", {**body, free: _FOREIGN[: properties[free].get("maxLength", None)]})
    each = [[(name, *case) for case in chain(wrong(node), edges(node))] for name, node in properties.items()]
    for name, label, value in (case for group in zip_longest(*each) for case in group if case is not None):
        yield _with_body(operation, schemas, first, f"{name} {label}", {**body, name: value})


def _of_files(operation: Operation, schemas: Schemas, first: Trial) -> Iterator[Trial]:
    content = operation.content
    if content is None or content.media_type != "multipart/form-data":
        return
    value = schemas.value(content.schema)
    yield _with_body(operation, schemas, first, "an empty file", value, file=b"")
    yield _with_body(operation, schemas, first, "a file of an office", value, file_name="paper.odt", file=b"PK\x05\x06" + bytes(18))
    yield _with_body(operation, schemas, first, "a file of bytes", value, file_name="bytes.bin", file=bytes(range(256)) * 400)


def wrong(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(what is wrong, value) of values that `schema` does not allow."""
    kind = schema.get("type")
    if items(schema.get("enum")):
        yield "not one of the choices", "not-a-choice"
    if kind is not None:
        yield "of another type", {"string": 12, "array": {"a": 1}, "object": "text"}.get(str(kind), "not-that-type")
    if kind in ("integer", "number"):
        lower, upper = limits(schema, whole=kind == "integer")
        if lower > -math.inf:
            yield "too small", math.floor(lower) - 1
        if upper < math.inf:
            yield "too great", math.ceil(upper) + 1
    if kind == "string":
        if "format" in schema or "pattern" in schema:
            yield "of another form", "%not that form%"
        if isinstance(least := schema.get("minLength"), int) and least > 0:
            yield "too short", "x" * min(least - 1, _LONGEST)
        if isinstance(most := schema.get("maxLength"), int) and most < _LONGEST:
            yield "too long", "x" * (most + 1)


def edges(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(what it is, value) of values that `schema` just allows."""
    kind = schema.get("type")
    for other in items(schema.get("enum"))[1:3]:
        yield f"as {str(other)[:40]}", other
    if kind in ("integer", "number") and "enum" not in schema:
        whole = kind == "integer"
        lower, upper = limits(schema, whole=whole)
        if lower > -math.inf:
            yield "at its least", number({**schema, "maximum": lower}, whole=whole)
        if upper < math.inf:
            yield "at its greatest", number({**schema, "minimum": upper}, whole=whole)
    if kind == "string" and not schema.keys() & {"enum", "format", "pattern"}:
        if isinstance(least := schema.get("minLength"), int) and least < _LONGEST:
            yield "at its shortest", "x" * least
        if isinstance(most := schema.get("maxLength"), int) and most < _LONGEST:
            yield "at its longest", "x" * most
    if kind == "boolean":
        yield "as false", False
