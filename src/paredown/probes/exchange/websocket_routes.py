"""What to say to the WebSocket routes that a service lists, or that its code shows where it lists none."""

import re
from collections.abc import Generator, Iterator

from paredown.probes.exchange.interface import Answer, Guide, Known, Request, WebSocketAnswer, WebSocketTalk
from paredown.probes.exchange.route_templates import filled
from paredown.tree import Kind, OwnerKind, Tree

_MOST_ROUTES = 20
_MOST_FILES = 2000
_LONGEST_FILE = 1024 * 1024

_MESSAGES: tuple[tuple[str, str | bytes], ...] = (
    ("a text", "a text of ASCII, é, € and 𝄞"),
    ("an object", '{"message": "hello", "number": 1, "list": [true, null]}'),
    ("a ping", '{"type": "ping"}'),
    ("bytes", bytes(range(256))),
    ("a long text", "long " * 20_000),
)
_SUBPROTOCOLS = "chat, json, graphql-transport-ws, graphql-ws"

_LITERAL = r"""\s*\(\s*(?:path\s*=\s*)?r?(?P<quote>["'])(?P<path>[^"'\n]+)(?P=quote)"""
_DECORATED = re.compile(r"(?:\.websocket(?:_route)?|\badd_(?:api_)?websocket(?:_route)?|\bWebSocketRoute)" + _LITERAL)
_SOCK = re.compile(r"\b(?P<name>\w+)\s*=\s*(?:flask_sock\.)?Sock\s*\(")
_CHANNELS = re.compile(r"\b(?P<kind>re_path|path|url)" + _LITERAL)
_GROUP = re.compile(r"\(\?P<(?P<name>\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)|\([^()]*\)")


def ask(guide: Guide) -> Generator[Request | Known, Answer | None, None]:
    """For each route: listen in silence, say one of everything; where a message ended it, that one and those after it alone; then offer subprotocols."""
    listed = [route.partition(" ")[2] for route in guide.routes if route.startswith("WS ")]
    for path in (listed or sorted(set(paths_in(guide.image.tree))))[:_MOST_ROUTES]:
        route, target = f"WS {path}", filled(path)
        silent = yield WebSocketTalk(key=f"{route}, in silence", target=target, messages=(), route=route, quiet=1.2)
        if not isinstance(silent, WebSocketAnswer):
            continue
        # What code seems to say is a route only when it takes a connection: a prefix may belong before it.
        if listed or silent.status == 101:
            yield Known(route)
        if silent.status != 101:
            continue
        said = tuple(message for _, message in _MESSAGES)
        all_at_once = yield WebSocketTalk(key=f"{route}, one of everything", target=target, messages=said, route=route, feed=silent.endless)
        if isinstance(all_at_once, WebSocketAnswer) and (all_at_once.close_code or all_at_once.error) and not silent.close_code:
            for name, message in _MESSAGES[max(0, all_at_once.said - 1) :]:
                yield WebSocketTalk(key=f"{route}, {name}", target=target, messages=(message,), route=route, feed=silent.endless)
        offer = (("Sec-WebSocket-Protocol", _SUBPROTOCOLS),)
        yield WebSocketTalk(key=f"{route}, with subprotocols", target=target, messages=(), headers=offer, route=route, feed=silent.endless, quiet=0.2)


def paths_in(tree: Tree) -> Iterator[str]:
    """The templates of WebSocket routes in the code of `tree` that belongs to no package: Starlette's, Flask-Sock's, Channels', Quart's, Sanic's."""
    sources = [
        entry for path, entry in tree.items()
        if entry.kind is Kind.FILE and path.endswith(".py") and entry.size <= _LONGEST_FILE
        and entry.owner.kind in (OwnerKind.APP, OwnerKind.UNKNOWN) and "-packages/" not in path and "lib/python3" not in path
    ]  # fmt: skip
    for entry in sources[:_MOST_FILES]:
        yield from paths_in_code(entry.read().decode("utf-8", "replace"))


def paths_in_code(code: str) -> Iterator[str]:
    """The templates of WebSocket routes in one module."""
    yield from (_rooted(found.group("path")) for found in _DECORATED.finditer(code))
    for sock in _SOCK.finditer(code):
        yield from (_rooted(found.group("path")) for found in re.finditer(rf"\b{sock.group('name')}\.route{_LITERAL}", code))
    if "websocket_urlpatterns" in code or "URLRouter" in code:
        for found in _CHANNELS.finditer(code):
            yield _rooted(found.group("path") if found.group("kind") == "path" else _template(found.group("path")))


def _template(pattern: str) -> str:
    """A regular expression of Django's as a template."""
    braced = _GROUP.sub(lambda group: "{" + (group.group("name") or "value") + "}", pattern)
    return braced.removeprefix("^").removesuffix("$").removesuffix("\\Z").replace("/?", "/").replace("\\", "")


def _rooted(path: str) -> str:
    return path if path.startswith("/") else "/" + path
