"""Streams of server-sent events as values that compare, whether they came to an end or were cut."""

import json
import re
from collections import Counter
from typing import Any

from paredown.probes.exchange.websocket import shape

_LINE = re.compile(r"\r\n|\r|\n")


def described_events(body: bytes, *, cut: bool) -> Any:
    """The events in `body` as JSON; of a stream that was cut the shape of the first and of the commonest, for how many came is chance."""
    events = _events(body.decode("utf-8", "replace"), whole=not cut)
    if not cut:
        return events
    shapes = [{**event, "data": shape(event["data"]), "id": bool(event["id"])} for event in events]
    counted = Counter(json.dumps(one, sort_keys=True) for one in shapes)
    commonest = min(counted, key=lambda text: (-counted[text], text), default="null")
    return {"first": shapes[0] if shapes else None, "mostly": json.loads(commonest)}


def _events(text: str, *, whole: bool) -> list[dict[str, Any]]:
    """Each event's name, id and data; the last one only if it is `whole` or followed by an empty line."""
    blocks = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n\n")
    found = []
    for block in blocks if whole else blocks[:-1]:
        fields: dict[str, list[str]] = {}
        for line in _LINE.split(block):
            name, _, value = line.partition(":")
            fields.setdefault(name, []).append(value.removeprefix(" "))
        if "data" in fields or "event" in fields:
            data = "\n".join(fields.get("data", []))
            found.append({"event": fields.get("event", [""])[-1], "id": fields.get("id", [""])[-1], "data": _content(data)})
    return found


def _content(data: str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return data
