"""What an OpenAPI document (3.0, 3.1, or Swagger 2.0) says of a service's operations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from paredown.probes.exchange.holes import plain
from paredown.probes.exchange.schema import Schemas, items, mapping

_METHODS = ("get", "post", "put", "patch", "delete")
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter; `place` is path, query, header or cookie. `example` is None when there is none."""

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]
    example: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The body that an operation takes."""

    media_type: str
    required: bool
    schema: Mapping[str, Any]
    example: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    parameters: tuple[Parameter, ...]
    content: Content | None

    @property
    def route(self) -> str:
        return f"{self.method} {plain(self.path)}"

    def parameters_in(self, place: str) -> tuple[Parameter, ...]:
        return tuple(parameter for parameter in self.parameters if parameter.place == place)


def is_document(value: Any) -> bool:
    """Whether `value` is such a document."""
    return isinstance(value, dict) and ("openapi" in value or "swagger" in value) and isinstance(value.get("paths"), dict)


def prefix_of(document: Mapping[str, Any]) -> str:
    """The path that the document's paths come under, without a slash at the end."""
    base = document.get("basePath")
    if not isinstance(base, str):
        servers = items(document.get("servers"))
        url = mapping(servers[0]).get("url") if servers else None
        base = urlsplit(url).path if isinstance(url, str) and "{" not in url else ""
    return base.rstrip("/")


def operations(document: Mapping[str, Any], prefix: str) -> tuple[Operation, ...]:
    """The operations in the document's order, each path with `prefix` before it."""
    schemas = Schemas(document)
    found: list[Operation] = []
    for path, node in mapping(document.get("paths")).items():
        item = schemas.followed(node)
        shared = items(item.get("parameters"))
        methods = [method for method in _METHODS if isinstance(item.get(method), dict) and path.startswith("/")]
        found += [_operation(method.upper(), prefix + path, mapping(item[method]), shared, schemas) for method in methods]
    return tuple(found)


def _operation(method: str, path: str, node: Mapping[str, Any], shared: list[Any], schemas: Schemas) -> Operation:
    told = [schemas.followed(parameter) for parameter in (*shared, *items(node.get("parameters")))]
    own = {(parameter.get("name"), parameter.get("in")): parameter for parameter in told}  # an operation's own go before the path's
    parameters = tuple(_parameter(one) for one in own.values() if isinstance(one.get("name"), str) and one.get("in") in ("path", "query", "header", "cookie"))
    if "requestBody" in node:
        content = _content(schemas.followed(node["requestBody"]))
    else:
        consumes = [*items(node.get("consumes")), *items(schemas.document.get("consumes"))]
        content = _content_of_swagger(list(own.values()), [one for one in consumes if isinstance(one, str)])
    return Operation(method=method, path=path, parameters=parameters, content=content)


def _parameter(node: Mapping[str, Any]) -> Parameter:
    schema = node.get("schema")
    if not isinstance(schema, dict):
        contents = list(mapping(node.get("content")).values())
        schema = mapping(mapping(contents[0]).get("schema")) if contents else node  # in Swagger 2 the parameter is its own schema
    name, place = str(node["name"]), str(node["in"])
    schema = {key: value for key, value in schema.items() if key != "required"} if schema is node else schema
    return Parameter(name=name, place=place, required=place == "path" or node.get("required") is True, schema=schema, example=_example(node))


def _content(node: Mapping[str, Any]) -> Content | None:
    contents = {kind: mapping(one) for kind, one in mapping(node.get("content")).items()}
    if not contents:
        return None
    kind = min(contents, key=_preference)
    return Content(media_type=kind, required=node.get("required") is True, schema=mapping(contents[kind].get("schema")), example=_example(contents[kind]))


def _preference(kind: str) -> int:
    """The kinds that a value can be made for by schema come first."""
    wanted = [kind == "application/json", "json" in kind, kind == _MULTIPART, kind == _FORM, kind.startswith("text/"), True]
    return wanted.index(True)


def _content_of_swagger(parameters: list[dict[str, Any]], consumes: list[str]) -> Content | None:
    for one in parameters:
        if one.get("in") == "body":
            kind = min(consumes, key=_preference, default="application/json")
            return Content(media_type=kind, required=one.get("required") is True, schema=mapping(one.get("schema")))
    fields = [one for one in parameters if one.get("in") == "formData" and isinstance(one.get("name"), str)]
    if not fields:
        return None
    properties = {one["name"]: {"type": "string", "format": "binary"} if one.get("type") == "file" else _parameter(one).schema for one in fields}
    required = [one["name"] for one in fields if one.get("required") is True]
    multipart = _MULTIPART in consumes or any(one.get("type") == "file" for one in fields)
    schema = {"type": "object", "properties": properties, "required": required}
    return Content(media_type=_MULTIPART if multipart else _FORM, required=bool(required), schema=schema)


def _example(node: Mapping[str, Any]) -> Any:
    if node.get("example") is not None:
        return node["example"]
    examples = list(mapping(node.get("examples")).values())
    return mapping(examples[0]).get("value") if examples else None
