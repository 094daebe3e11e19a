"""A Comparison for machines: one JSON object, keys in a fixed order, sizes in bytes, times in seconds; what was not measured is an object that says why."""

import dataclasses
import json
from typing import Any

from paredown.comparison import Comparison, Evidence, Figure, Measured, NotMeasured
from paredown.reports.json import verdict_value
from paredown.result import Picture

SCHEMA = 1


def json_text(comparison: Comparison) -> str:
    """The whole report. A figure is `{"value": 1.5, "runs": [...]}`, a missing one `{"not_measured": "why"}`."""
    value = {
        "schema": SCHEMA,
        "kind": "comparison",
        "before": _image(comparison.verdict.before, comparison.before),
        "after": _image(comparison.verdict.after, comparison.after),
        "verdict": verdict_value(comparison.verdict),
        "measurements": [
            {
                "group": each.group.value,
                "name": each.name,
                "unit": each.unit.value,
                "before": _measured(each.before),
                "after": _measured(each.after),
                "change": each.change,
                "how": each.how,
            }
            for each in comparison.measurements
        ],
        "exposures": [dataclasses.asdict(each) for each in comparison.exposures],
        "practices": [
            {"name": each.name, "sources": list(each.sources), "before": _evidence(each.before), "after": _evidence(each.after)}
            for each in comparison.practices
        ],
        "changes": [dataclasses.asdict(each) for each in comparison.changes],
        "whose_changes": comparison.whose,
        "how": list(comparison.how),
    }
    return json.dumps(value, indent=2) + "\n"


def _image(name: str, picture: Picture) -> dict[str, Any]:
    return {"name": name, **dataclasses.asdict(picture)}


def _measured(value: Measured) -> dict[str, Any]:
    match value:
        case Figure(number, runs):
            return {"value": number, "runs": list(runs)} if runs else {"value": number}
        case NotMeasured(reason):
            return {"not_measured": reason}


def _evidence(evidence: Evidence) -> dict[str, str]:
    return {"held": evidence.held.value, "seen": evidence.seen}
