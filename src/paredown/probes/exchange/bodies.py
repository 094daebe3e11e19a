"""Values as bodies of requests: JSON, forms, forms with files, texts and bytes."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from paredown.probes.exchange.documents import Content
from paredown.probes.exchange.schema import Schemas

_BOUNDARY = "paredown-boundary"
FILE_NAME = "text.txt"
FILE = b"The quick brown fox jumps over the lazy dog.\n"


def is_file(schema: Mapping[str, Any]) -> bool:
    """Whether a property of a form is a file (OpenAPI 3.0 says so by format, 3.1 by its media type)."""
    return schema.get("format") == "binary" or (schema.get("type", "string") == "string" and ("contentMediaType" in schema or "contentEncoding" in schema))


def encoded(content: Content, value: Any, schemas: Schemas, *, file_name: str = FILE_NAME, file: bytes = FILE) -> tuple[str, bytes]:
    """The Content-Type and the body that carry `value`."""
    kind = content.media_type
    if "json" in kind or kind == "*/*":
        return ("application/json" if "*" in kind else kind), json.dumps(value).encode()
    if kind == "application/x-www-form-urlencoded" and isinstance(value, dict):
        return kind, urlencode([(name, _text(one)) for name, many in value.items() for one in _each(many)]).encode()
    if kind == "multipart/form-data" and isinstance(value, dict):
        return f"{kind}; boundary={_BOUNDARY}", _multipart(content, value, schemas, file_name, file)
    if isinstance(value, str) and not is_file(schemas.plain(content.schema)):
        return (kind if "*" not in kind else "text/plain"), value.encode()
    return (kind if "*" not in kind else "application/octet-stream"), file


def _multipart(content: Content, value: dict[str, Any], schemas: Schemas, file_name: str, file: bytes) -> bytes:
    properties = schemas.properties(schemas.plain(content.schema))
    lines: list[bytes] = []
    for name, many in value.items():
        schema = schemas.plain(properties.get(name))
        of_each = schemas.plain(schema.get("items")) if schema.get("type") == "array" else schema
        for one in _each(many):
            head = f'Content-Disposition: form-data; name="{name}"'
            if is_file(of_each):
                lines += [f"--{_BOUNDARY}".encode(), f'{head}; filename="{file_name}"'.encode(), b"Content-Type: application/octet-stream", b"", file]
            else:
                lines += [f"--{_BOUNDARY}".encode(), head.encode(), b"", _text(one).encode()]
    return b"\r\n".join((*lines, f"--{_BOUNDARY}--".encode(), b""))


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict | list) else "" if value is None else str(value)
