"""Requests completed with what the same run was answered before: ids, form tokens, addresses."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus, urlsplit

from paredown.probes.exchange.interface import Binding, HttpAnswer, HttpRequest, WebSocketTalk

Asked = TypeVar("Asked", HttpRequest, WebSocketTalk)


@dataclass(frozen=True, slots=True)
class Unfilled:
    """Why a request cannot be made."""

    reason: str


def complete(request: Asked, answers: Mapping[str, HttpAnswer]) -> Asked | Unfilled:
    """`request` with its bindings filled from `answers`, which are those of this run by the key of their request."""
    for binding in request.bindings:
        answer = answers.get(binding.source)
        text = None if answer is None else pointed_at(binding.pointer, answer)
        if text is None:
            return Unfilled(f"nothing at {binding.pointer} of the answer to {binding.source}")
        request = _filled(request, binding, text)
    return replace(request, bindings=())


def pointed_at(pointer: str, answer: HttpAnswer) -> str | None:
    """The text at `pointer` of `answer`."""
    kind, _, name = pointer.partition(" ")
    if kind == "header":
        value = next((value for header, value in answer.headers if header.lower() == name.lower()), None)
        return _within_the_host(value) if value is not None and name.lower() == "location" else value
    if kind == "field":
        return _Fields.of(answer.body).get(name)
    try:
        value = at_pointer(pointer, json.loads(answer.body))
    except (ValueError, RecursionError):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def at_pointer(pointer: str, value: Any) -> Any:
    """What a JSON pointer (RFC 6901) points at; ValueError when there is nothing."""
    for word in pointer.split("/")[1:]:
        key = word.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise ValueError(f"nothing at {pointer}")
    return value


def _filled(request: Asked, binding: Binding, text: str) -> Asked:
    whole = request.target == binding.placeholder
    request = replace(
        request,
        target=text if whole else request.target.replace(binding.placeholder, quote(text, safe="/")),
        headers=tuple((name, value.replace(binding.placeholder, text)) for name, value in request.headers),
    )
    in_json = json.dumps(text)[1:-1]
    if isinstance(request, WebSocketTalk):
        said = (
            message.replace(binding.placeholder, in_json if message.lstrip()[:1] in ("{", "[") else text) if isinstance(message, str) else message
            for message in request.messages
        )
        return replace(request, messages=tuple(said))
    kind = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    in_body = in_json if "json" in kind else quote_plus(text) if "urlencoded" in kind else text
    return replace(request, body=request.body.replace(binding.placeholder.encode(), in_body.encode()))


def _within_the_host(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(scheme="", netloc="", fragment="").geturl() or "/" if parts.netloc else address


class _Fields(HTMLParser):
    """The named form fields of a page with their first values."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    @staticmethod
    def of(page: bytes) -> dict[str, str]:
        parser = _Fields()
        parser.feed(page.decode("utf-8", "replace"))
        return parser.found

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name = given.get("name")
        if tag in ("input", "button", "meta") and name:
            self.found.setdefault(name, given.get("value") or given.get("content") or "")
