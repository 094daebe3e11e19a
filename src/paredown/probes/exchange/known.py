"""GET and HEAD of every route that the framework lists, for those that no document tells how to ask; and the others as far as views tell what they read."""

import re
from collections.abc import Generator, Sequence
from urllib.parse import quote, urlencode

from paredown.probes.exchange.bodies import FILE, FILE_NAME, encoded
from paredown.probes.exchange.documents import Content
from paredown.probes.exchange.holes import filled, holes, plain
from paredown.probes.exchange.interface import Answer, Guide, HttpRequest, Input, Known, Request
from paredown.probes.exchange.sample_texts import text
from paredown.probes.exchange.schema import Schemas
from paredown.result import Skipped

_MOST = 150
_ENDS = re.compile(r"log[-_]?out|sign[-_]?out|delete|remove|destroy|shut[-_]?down|reset|purge|flush|revoke|log[-_]?in|sign[-_]?in", re.IGNORECASE)
_OF_KIND = {"int": "1", "float": "1.5", "uuid": "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "path": "index.html", "date": "2024-02-29"}
_SENDING = ("POST", "PUT", "PATCH")


def ask(guide: Guide) -> Generator[Request | Known | Skipped, Answer | None, None]:
    """Each route is told; those that take what can be sent come first, then those that can be read, the ones that end something last."""
    for route in guide.routes:
        yield Known(route)
    inputs = {route: [each for each in guide.inputs if each.route == route] for route in guide.routes}
    taking = [route for route in guide.routes if route.split(" ")[0] in _SENDING and any(each.place != "query" for each in inputs[route])]
    for route in taking[:_MOST]:
        yield _sending(route, inputs[route])
    kept = {f"{route.partition(' ')[2]}/" for route in taking if any(each.place == "file" for each in inputs[route])}
    reading = [route for route in guide.routes if route.startswith("GET ")]
    for route in sorted(reading, key=lambda route: bool(_ENDS.search(route)))[:_MOST]:
        target = _target(route, inputs[route], kept)
        for method in ("GET", "HEAD"):
            key = f"{method} {plain(route.partition(' ')[2])}, as listed"
            yield HttpRequest(key=key, method=method, target=target, route=plain(route) if method == "GET" else "")
    if len(reading) > _MOST:
        yield Skipped(what=f"requests of {len(reading) - _MOST} routes that the framework lists", reason=f"at most {_MOST} are asked")


def _sending(route: str, inputs: Sequence[Input]) -> HttpRequest:
    """A request with a value for each field and file that the view reads, or with a text when it reads the body as it is."""
    fields = {each.name: {"type": "string", **({"format": "binary"} if each.place == "file" else {})} for each in inputs if each.place in ("field", "file")}
    if fields:
        files = any(each.place == "file" for each in inputs)
        kind = "multipart/form-data" if files else "application/x-www-form-urlencoded"
        content, schemas = Content(media_type=kind, required=True, schema={"type": "object", "properties": fields}), Schemas({})
        kind, body = encoded(content, schemas.value(content.schema), schemas)
    else:
        kind, body = "text/plain", FILE
    headers = (("Content-Type", kind),)
    target = _target(route, inputs, frozenset())
    return HttpRequest(key=f"{plain(route)}, as listed", method=route.partition(" ")[0], target=target, headers=headers, body=body, route=plain(route))


def _target(route: str, inputs: Sequence[Input], kept: set[str] | frozenset[str]) -> str:
    """A path and query; a hole right below a path that was sent a file is called as the file."""
    path = route.partition(" ")[2]
    values = {name: quote(FILE_NAME) if path.partition("{")[0] in kept else _sample(name, kind) for name, kind in holes(path)}
    query = urlencode([(each.name, text({}, each.name)) for each in inputs if each.place == "query"])
    return filled(path, values) + (f"?{query}" if query else "")


def _sample(name: str, kind: str) -> str:
    meant = text({}, name)
    if kind == "path" and meant != "text":
        return quote(meant, safe="/")
    return _OF_KIND.get(kind) or ("1" if re.search(r"(?:^|_)(?:id|pk)$|[a-z]Id$", name) else quote(meant, safe="/"))
