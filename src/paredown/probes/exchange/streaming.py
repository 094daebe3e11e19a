"""Large and streamed bodies, connections kept and closed, and what lies at the edges of HTTP: what proxies and uploads make of a service."""

import json
import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from paredown.probes.exchange.bodies import encoded, is_file
from paredown.probes.exchange.described import json_of
from paredown.probes.exchange.documents import Content, Operation, is_document, operations, prefix_of
from paredown.probes.exchange.interface import Answer, Guide, HttpAnswer, HttpRequest, Known, Request
from paredown.probes.exchange.route_templates import filled, parameters_of, route_of
from paredown.probes.exchange.schema import Schemas, mapping
from paredown.result import Skipped

# A form of more than 1 MB goes to disk in Starlette, one of more than 2.5 MB in Django; 10 MB is a usual limit.
_LARGE = 3 * 1024 * 1024
_LARGER = 12 * 1024 * 1024
_SLOW = 0.1  # seconds between pieces
_MOST_UPLOADS = 3
_MOST_TRIED = 5  # routes, to find one that is well
_MOST_STREAMS = 5
_LISTENING = 2.0  # seconds to a stream that does not end
_LONG_HEADER = 20_000  # more than 8190 bytes, which is where gunicorn and others stop
_MANY_HEADERS = 120  # gunicorn takes 100
_LONG_TARGET = 9_000

_STREAM = re.compile(r"stream|events?\b|sse\b|subscribe", re.IGNORECASE)
_DOCUMENT = "/openapi.json"

Asking = Generator[Request | Known | Skipped, Answer | None, None]


@dataclass(frozen=True, slots=True)
class _Upload:
    """Something that takes a body: `large` holds about 3 MB, `larger` 12, `small` some bytes; empty where that makes no sense."""

    small: HttpRequest
    large: HttpRequest
    larger: HttpRequest


def ask(guide: Guide) -> Asking:
    """The edges of HTTP on a page that is well; then uploads, and streams."""
    document = json_of((yield HttpRequest(key="edge: GET the OpenAPI document", method="GET", target=_DOCUMENT)))
    told = operations(document, prefix_of(document)) if is_document(document) else ()
    plain = yield from _well(guide)
    for request in _edges(plain):  # noqa: UP028 -- a plain iterator takes no answers
        yield request
    yield from _listen(guide, document if is_document(document) else {})
    uploads = list(_uploads(told, Schemas(document if is_document(document) else {}))) or list(_blind_uploads(guide))
    if not uploads:
        yield Skipped(what="large and streamed bodies", reason="no route is known to take a body")
    for upload in uploads[:_MOST_UPLOADS]:
        yield from _send(upload)


def _well(guide: Guide) -> Generator[Request, Answer | None, HttpRequest]:
    """A request that is answered well, for want of one that for `/`."""
    paths = [path for method, _, path in (route.partition(" ") for route in guide.routes) if method == "GET" and not parameters_of(path)]
    first = HttpRequest(key="edge: GET /", method="GET", target="/", route=route_of("GET", "/", guide.routes))
    for path in ["/", *(path for path in paths if path != "/" and not _STREAM.search(path))][:_MOST_TRIED]:
        request = replace(first, key=f"edge: GET {path}", target=path, route=route_of("GET", path, guide.routes))
        answer = yield request
        if isinstance(answer, HttpAnswer) and 200 <= answer.status < 300 and not answer.error:
            return request
    return first


def _edges(plain: HttpRequest) -> Iterator[HttpRequest]:
    path = plain.target
    beyond = f"{path.rstrip('/')}/caf%C3%A9%20%2F%7Ex"
    for how, changed in (
        ("in HTTP/1.0", replace(plain, version="1.0")),
        ("and close", replace(plain, headers=(("Connection", "close"),))),
        ("compressed", replace(plain, headers=(("Accept-Encoding", "gzip"),))),
        ("not compressed", replace(plain, headers=(("Accept-Encoding", "identity"),))),
        ("as JSON", replace(plain, headers=(("Accept", "application/json"),))),
        ("from another origin", replace(plain, headers=(("Origin", "https://elsewhere.example"),))),
        ("behind a proxy", replace(plain, headers=(("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-Host", "proxy.example")))),
        ("of another host", replace(plain, headers=(("Host", "elsewhere.example"),))),
        ("with a long header", replace(plain, headers=(("X-Long", "x" * _LONG_HEADER),))),
        ("with many headers", replace(plain, headers=tuple((f"X-Number-{number}", "x") for number in range(_MANY_HEADERS)))),
        ("with a long query", replace(plain, target=f"{path}?long={'x' * _LONG_TARGET}")),
        ("with a percent-encoded path", replace(plain, target=beyond, route="")),
        ("with a double slash", replace(plain, target="/" + path, route="")),
        *((f"on a connection that is kept, {number}", replace(plain, connection="kept")) for number in ("first", "second", "third")),
    ):
        yield replace(changed, key=f"{plain.key}, {how}")


def _listen(guide: Guide, document: Mapping[str, Any]) -> Asking:
    """What streams without end, for a while."""
    listed = [path for method, _, path in (route.partition(" ") for route in guide.routes) if method == "GET" and _STREAM.search(path)]
    prefix = prefix_of(document)
    declared = [prefix + path for path, item in mapping(document.get("paths")).items() if "text/event-stream" in json.dumps(mapping(item).get("get"))]
    for path in list(dict.fromkeys([*listed, *declared]))[:_MOST_STREAMS]:
        target = filled(path)
        yield HttpRequest(
            key=f"stream: GET {path}", method="GET", target=target, headers=(("Accept", "text/event-stream, */*;q=0.5"),),
            route=route_of("GET", target, guide.routes) or f"GET {path}", take=_LISTENING,
        )  # fmt: skip


def _uploads(told: tuple[Operation, ...], schemas: Schemas) -> Iterator[_Upload]:
    """Operations that take files first, then one that takes JSON."""
    takers = [operation for operation in told if operation.method in ("POST", "PUT", "PATCH") and operation.content is not None]
    for operation in takers:
        content = operation.content
        if content is not None and _takes_files(content, schemas):
            value = schemas.value(content.schema)
            yield _Upload(*(_request(operation, *encoded(content, value, schemas, file=_bytes(size))) for size in (1000, _LARGE, _LARGER)))
    for operation in takers:
        content = operation.content
        if content is not None and "json" in content.media_type:
            value = schemas.value(content.schema)
            large = {**value, "paredown": "x" * _LARGE} if isinstance(value, dict) else ["x" * _LARGE]
            small, big = (_request(operation, content.media_type, json.dumps(each).encode()) for each in (value, large))
            yield _Upload(small, big, replace(big, body=b""))
            return


def _blind_uploads(guide: Guide) -> Iterator[_Upload]:
    """Where no document tells what a route takes: bytes to those that take something."""
    for route in guide.routes:
        method, _, path = route.partition(" ")
        if method in ("POST", "PUT") and not parameters_of(path):
            request = HttpRequest(key=f"upload: {route}", method=method, target=path, headers=(("Content-Type", "application/octet-stream"),), route=route)
            yield _Upload(*(replace(request, body=_bytes(size)) for size in (1000, _LARGE, _LARGER)))


def _send(upload: _Upload) -> Asking:
    key = upload.small.key
    yield replace(upload.small, key=f"{key}, in chunks", chunked=True)
    yield replace(upload.small, key=f"{key}, slowly", pause=_SLOW)
    yield replace(upload.small, key=f"{key}, when told to continue", headers=(*upload.small.headers, ("Expect", "100-continue")))
    answer = yield replace(upload.large, key=f"{key}, 3 MB")
    if not isinstance(answer, HttpAnswer) or not 200 <= answer.status < 300:
        return
    yield replace(upload.large, key=f"{key}, 3 MB in chunks", chunked=True)
    if upload.larger.body:
        yield replace(upload.larger, key=f"{key}, 12 MB")


def _takes_files(content: Content, schemas: Schemas) -> bool:
    schema = schemas.plain(content.schema)
    if content.media_type != "multipart/form-data":
        return content.media_type == "application/octet-stream" or is_file(schema)
    properties = [schemas.plain(node) for node in schemas.properties(schema).values()]
    return any(is_file(each) or is_file(schemas.plain(each.get("items"))) for each in properties if isinstance(each, dict))


def _request(operation: Operation, media_type: str, body: bytes) -> HttpRequest:
    return HttpRequest(
        key=f"upload: {operation.route}", method=operation.method, target=filled(operation.path), headers=(("Content-Type", media_type),), body=body,
        route=operation.route,
    )  # fmt: skip


def _bytes(size: int) -> bytes:
    """Bytes of every value, which no text is, and no compression hides."""
    pattern = bytes((index * 131 + index // 256 * 17) % 256 for index in range(65_536))
    return (pattern * (size // len(pattern) + 1))[:size]
