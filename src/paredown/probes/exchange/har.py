"""HTTP archives (HAR 1.2), as browsers save what they asked: the requests in order, and nothing of the answers."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from paredown.errors import UserError
from paredown.oci.foreign_json import Node
from paredown.probes.exchange.interface import HttpRequest, Request, WebSocketTalk

_MOST_ENTRIES = 2000
_BORDER = "paredown-4be17c90d2"
# Of the connection, of another run's session or answers, or of the host that was asked; the browser's cookies are kept as its jar would.
_LEFT_OUT = frozenset(
    ("host", "connection", "content-length", "transfer-encoding", "cookie", "accept-encoding", "if-none-match", "if-modified-since",
     "if-match", "if-unmodified-since", "referer", "upgrade", "keep-alive", "proxy-connection", "te"),
)  # fmt: skip


def read(name: str, data: bytes) -> Iterator[Request]:
    """The requests of the archive to the host that its first entry asks; what went elsewhere is left out."""
    try:
        root = Node(json.loads(data), "har")
    except json.JSONDecodeError as error:
        raise UserError(f"the file is not JSON: {error.msg}", where=f"{name}:{error.lineno}", fix="save the archive anew") from None
    except (ValueError, RecursionError):
        raise UserError("the file is not JSON", where=name, fix="save the archive anew") from None
    try:
        yield from _requests(name, root)
    except UserError as error:
        raise UserError(error.what, where=error.where if error.where != "har" else name, fix=error.fix or "save the archive anew, as HAR 1.2") from None


def _requests(name: str, root: Node) -> Iterator[Request]:
    entries = root / "log" / "entries"
    if not isinstance(entries.value, list):
        raise entries.wrong("a list")
    first = ""
    for number, entry in enumerate(list(entries.items())[:_MOST_ENTRIES], start=1):
        request = entry / "request"
        parts = _address(request / "url")
        if parts is None:
            continue
        host, target, web_socket = parts
        first = first or host
        if host != first:
            continue
        method = (request / "method").text()
        if not re.fullmatch(r"[A-Z]+", method):
            raise (request / "method").wrong("a method")
        headers = tuple(_headers(request / "headers", host))
        key = f"{name}:{number}, {method} {target}"
        if web_socket or any(header.lower() == "sec-websocket-key" for header, _ in headers):
            said = tuple(_said(entry / "_webSocketMessages"))
            kept = tuple((header, value) for header, value in headers if not re.match(r"sec-websocket-(?!protocol)", header, re.IGNORECASE))
            yield WebSocketTalk(key=key, target=target, messages=said, headers=kept)
            continue
        media_type, body = _body(request / "postData")
        if media_type:
            headers = (*((header, value) for header, value in headers if header.lower() != "content-type"), ("Content-Type", media_type))
        yield HttpRequest(key=key, method=method, target=target, headers=headers, body=body)


def _address(url: Node) -> tuple[str, str, bool] | None:
    """Host, target, and whether it is a WebSocket; None for what asks no host, such as data:."""
    try:
        parts = urlsplit(url.text())
    except ValueError:
        raise url.wrong("an address") from None
    if parts.scheme not in ("http", "https", "ws", "wss"):
        return None
    return parts.netloc.lower(), (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), parts.scheme in ("ws", "wss")


def _headers(headers: Node, host: str) -> Iterator[tuple[str, str]]:
    for header in headers.items():
        name, value = (header / "name").text(), (header / "value").text("")
        # A page of the same host has no origin of its own any more; one of another host keeps it.
        own_origin = name.lower() == "origin" and urlsplit(value).netloc.lower() == host
        if not name.startswith(":") and name.lower() not in _LEFT_OUT and not own_origin:
            yield name, value


def _body(post: Node) -> tuple[str, bytes]:
    """The media type and the bytes that were sent."""
    if post.value is None:
        return "", b""
    media_type = (post / "mimeType").text("")
    kind = media_type.partition(";")[0].strip().lower()
    text = (post / "text").text("")
    params = list((post / "params").items())
    if kind == "multipart/form-data" and params:
        return f"{kind}; boundary={_BORDER}", b"".join(map(_part, params)) + f"--{_BORDER}--\r\n".encode()
    if text:
        if (post / "encoding").text("") == "base64":
            try:
                return media_type, base64.b64decode(text, validate=True)
            except ValueError:
                raise (post / "text").wrong("base64") from None
        return media_type, text.encode("utf-8", "surrogatepass")
    pairs = [((param / "name").text(), (param / "value").text("")) for param in params]
    return media_type, urlencode(pairs).encode()


def _part(param: Node) -> bytes:
    name, file, kind = ((param / key).text("") for key in ("name", "fileName", "contentType"))
    head = f'--{_BORDER}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
    head += f'; filename="{_quoted(file)}"' if file else ""
    head += f"\r\nContent-Type: {_quoted(kind)}" if kind else ""
    return f"{head}\r\n\r\n{(param / 'value').text('')}\r\n".encode("utf-8", "surrogatepass")


def _quoted(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", "", text).replace('"', "%22")


def _said(messages: Node) -> Iterator[str | bytes]:
    """What the browser said over a WebSocket, as Chromium saves it."""
    for message in messages.items():
        if (message / "type").text("") == "send":
            content: Any = (message / "data").text("")
            binary = (message / "opcode").value == 2
            yield base64.b64decode(content) if binary else content
