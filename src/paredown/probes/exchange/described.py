"""Answers as JSON values that compare: bodies parsed where they can be, and nothing in them that an equal image need not have equal."""

import hashlib
import json
import re
import zlib
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

from paredown.oci.model import Pairs
from paredown.probes.exchange.client import BODY_LIMIT
from paredown.probes.exchange.event_streams import described_events
from paredown.probes.exchange.interface import Answer, HttpAnswer, WebSocketAnswer
from paredown.probes.exchange.websocket import described_websocket

WHOLE = 256 * 1024  # bytes; of a longer body its digest is told
# Sets, in whatever order (RFC 9110, 10.2.1 and 12.5.5; the Fetch standard): frameworks keep them as such, and hash seeds decide.
_SETS = ("allow", "vary", "access-control-allow-headers", "access-control-allow-methods", "access-control-expose-headers")
_FIRST_LINES, _LINE = 20, 400
_TEXT = re.compile(r"text/.*|application/(?:.*\+)?(?:xml|javascript|ecmascript|x-ndjson|jsonl|x-www-form-urlencoded|yaml|x-yaml|toml|sql)|image/svg\+xml")
_JSON = re.compile(r"application/(?:.*\+)?json")


def described(answer: Answer) -> dict[str, Any]:
    """`answer` as an observation has it."""
    return described_websocket(answer) if isinstance(answer, WebSocketAnswer) else _of_http(answer)


def json_of(answer: Answer | None) -> Any:
    """The JSON in `answer`, decompressed; None when it holds none."""
    if not isinstance(answer, HttpAnswer) or answer.error:
        return None
    body = _unpacked(answer)
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None


def text_of(answer: HttpAnswer) -> str:
    """The body as text, decompressed."""
    return (_unpacked(answer) or b"").decode(_content(answer.headers).get_content_charset() or "utf-8", "replace")


def _of_http(answer: HttpAnswer) -> dict[str, Any]:
    if not answer.status:
        return {"error": answer.error}
    value: dict[str, Any] = {"status": answer.status, "reason": answer.reason, "headers": _headers(answer)}
    # Where a body breaks off depends on the moment.
    return {**value, "error": answer.error} if answer.error else {**value, "body": _body(answer)}


def _headers(answer: HttpAnswer) -> dict[str, list[str]]:
    """The headers by lower-case name, without what follows from the moment, from the files' times, or from the body beside them."""
    found: dict[str, list[str]] = {}
    for name, value in answer.headers:
        found.setdefault(name.lower(), []).append(value)
    for name in ("date", "last-modified"):
        if name in found:
            found[name] = ["a date" if _is_date(value) else value for value in found[name]]
    for name in _SETS:
        if name in found:
            found[name] = [", ".join(sorted(word.strip() for value in found[name] for word in value.split(",")))]
    if "content-length" in found and not answer.error:
        found["content-length"] = ["that of the body"]
    if "etag" in found and ("last-modified" in found or answer.status == 304):  # then it is made of the file's time, most likely
        found["etag"] = ["weak" if value.startswith("W/") else "strong" for value in found["etag"]]
    return dict(sorted(found.items()))


def _is_date(text: str) -> bool:
    try:
        parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return False
    return True


def _body(answer: HttpAnswer) -> Any:
    content = _content(answer.headers)
    kind = content.get_content_type()
    if kind == "text/event-stream":
        return described_events(answer.body, cut=answer.cut)
    if answer.cut:
        return {"endless": True}
    body = _unpacked(answer)
    if body is None:
        return {"undecodable": True, **_digest(answer.body)}
    if not body:
        return ""
    if not _JSON.fullmatch(kind) and not _TEXT.fullmatch(kind):
        return _digest(body)
    try:
        text = body.decode(content.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return _digest(body)
    if len(body) > WHOLE:
        return {**_digest(body), "lines": _lines(text)}
    return _parsed(text) if _JSON.fullmatch(kind) else text


def _unpacked(answer: HttpAnswer) -> bytes | None:
    """The body without its content encoding; None when it cannot be undone. An encoding unknown here stays."""
    coding = next((value.strip().lower() for name, value in answer.headers if name.lower() == "content-encoding"), "")
    if coding not in ("gzip", "x-gzip", "deflate") or not answer.body:
        return answer.body
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # a zlib or gzip header, or none, as some send deflate
        try:
            return zlib.decompressobj(window).decompress(answer.body, BODY_LIMIT)
        except zlib.error:
            continue
    return None


def _content(headers: Pairs) -> Message:
    message = Message()
    kind = next((value for name, value in headers if name.lower() == "content-type"), "application/octet-stream")
    message["content-type"] = kind
    return message


def _digest(body: bytes) -> dict[str, Any]:
    return {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}


def _lines(text: str) -> list[str]:
    return [line[:_LINE] for line in text[: _FIRST_LINES * _LINE].split("\n")[:_FIRST_LINES]]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
