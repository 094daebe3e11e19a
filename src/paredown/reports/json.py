"""A Result or a Picture for machines: one JSON object, keys in a fixed order, sizes in bytes."""

import dataclasses
import json
from collections import defaultdict
from typing import Any

from paredown.result import Picture, Removal, Result

SCHEMA = 1


def result_text(result: Result) -> str:
    """The whole of a build. Removals are grouped: trim -> reason -> paths."""
    return _text(
        {
            "schema": SCHEMA,
            "name": result.name,
            "digest": result.digest,
            "artifacts": [dataclasses.asdict(artifact) for artifact in result.artifacts],
            "platforms": [_picture(picture) for picture in result.pictures],
            "removals": _removals(result.removals),
            "skipped": [dataclasses.asdict(skipped) for skipped in result.skipped],
            "phases": [dataclasses.asdict(phase) for phase in result.phases],
            "notes": list(result.notes),
        }
    )


def picture_text(name: str, pictures: tuple[Picture, ...], removals: tuple[Removal, ...]) -> str:
    """The whole of an inspection."""
    return _text({"schema": SCHEMA, "name": name, "platforms": [_picture(picture) for picture in pictures], "removals": _removals(removals)})


def _picture(picture: Picture) -> dict[str, Any]:
    return dataclasses.asdict(picture)


def _removals(removals: tuple[Removal, ...]) -> dict[str, dict[str, Any]]:
    grouped: dict[str, dict[str, Any]] = defaultdict(lambda: {"files": 0, "bytes": 0, "reasons": defaultdict(list)})
    for removal in removals:
        group = grouped[removal.trim]
        group["files"] += 1
        group["bytes"] += removal.size
        group["reasons"][removal.reason].append("/" + removal.path)
    return dict(sorted(grouped.items()))


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2) + "\n"
