"""Requests completed with what the same run was answered before: ids, form tokens, addresses."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from paredown.probes.exchange.interface import Binding, HttpAnswer, HttpRequest


@dataclass(frozen=True, slots=True)
class Unfilled:
    """Why a request cannot be made."""

    reason: str


def complete(request: HttpRequest, answers: Mapping[str, HttpAnswer]) -> HttpRequest | Unfilled:
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


def _filled(request: HttpRequest, binding: Binding, text: str) -> HttpRequest:
    kind = next((value for name, value in request.headers if name.lower() == "content-type"), "")
    if "json" in kind:
        in_body = json.dumps(text)[1:-1]
    elif "urlencoded" in kind:
        in_body = quote_plus(text)
    else:
        in_body = text
    whole = request.target == binding.placeholder
    return replace(
        request,
        target=text if whole else request.target.replace(binding.placeholder, quote(text, safe="/")),
        headers=tuple((name, value.replace(binding.placeholder, text)) for name, value in request.headers),
        body=request.body.replace(binding.placeholder.encode(), in_body.encode()),
    )


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
