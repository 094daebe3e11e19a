"""A Result, a Picture or a Verdict for machines: one JSON object, keys in a fixed order, sizes in bytes."""

import dataclasses
import json
from collections import defaultdict
from typing import Any

from paredown.result import Difference, Picture, Removal, Result, Verdict

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
            "verdict": None if result.verdict is None else verdict_value(result.verdict),
        }
    )


def picture_text(name: str, pictures: tuple[Picture, ...], removals: tuple[Removal, ...]) -> str:
    """The whole of an inspection."""
    return _text({"schema": SCHEMA, "name": name, "platforms": [_picture(picture) for picture in pictures], "removals": _removals(removals)})


def verdict_text(verdict: Verdict) -> str:
    """The whole of a verdict. `exercised` and `known` are names; `checks` counts the observations of each probe."""
    return _text({"schema": SCHEMA, **verdict_value(verdict)})


def verdict_value(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON has it."""
    return {
        "verdict": verdict.answer.value,
        "before": verdict.before,
        "after": verdict.after,
        "runner": verdict.runner,
        "differences": [_difference(difference) for difference in verdict.differences],
        "intended": [_difference(difference) for difference in verdict.intended],
        "unproven": [dataclasses.asdict(item) for item in verdict.unproven],
        "skipped": [dataclasses.asdict(item) for item in verdict.skipped],
        "coverage": {item.what: {"exercised": sorted(item.exercised), "known": sorted(item.known)} for item in verdict.coverage},
        "masks": [dataclasses.asdict(mask) for mask in verdict.masks],
        "checks": dict(verdict.checks),
        "phases": [dataclasses.asdict(phase) for phase in verdict.phases],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return dataclasses.asdict(difference)


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
