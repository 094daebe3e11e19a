"""`paredown slim`, run as a person runs it, and what it told."""

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import observed

_GIVEN_BACK = re.compile(r"^Given back.*?: (?P<paths>/.*?)(?:, and (?P<more>\d+) more)?\.$")
_WEAKER = re.compile(r"this is level (\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carved:
    """One image made small. `level` is what it ended at, `routes` are (exercised, known), `back` counts paths that repairs gave back; memory in megabytes."""

    archive: Path
    level: str
    digest: str
    answer: str
    routes: tuple[int, int]
    back: int
    seconds: float
    memory: float
    notes: tuple[str, ...]


def carve(image: str, level: str, archive: Path, *words: str, store: Path | None = None) -> Carved:
    """Slim `image` into `archive`; ends with paredown's complaint where nothing was written."""
    # As an installed tool, which has its own bytecode: some surroundings forbid Python to write it.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = {**surroundings, "PAREDOWN_CACHE": str(store)} if store else surroundings
    command = [sys.executable, "-m", "paredown", "slim", image, "--trim", level, "--quiet", "--format", "json", "--output", str(archive), *words]
    found = observed(command, environment)
    if found.code not in (0, 1) or not found.said:
        raise SystemExit(f"error: {' '.join(command)} ended with {found.code}\n{found.complaint[-2000:]}")
    told = json.loads(found.said)
    verdict = told["verdict"]
    return Carved(
        archive=archive,
        level=next((weaker[1] for note in told["notes"] if (weaker := _WEAKER.search(note))), level),
        digest=told["digest"],
        answer=verdict["verdict"] if verdict else "",
        routes=_routes(verdict),
        back=sum(map(_given_back, told["notes"])),
        seconds=found.seconds,
        memory=found.memory,
        notes=tuple(told["notes"]),
    )


def _routes(verdict: dict[str, Any] | None) -> tuple[int, int]:
    routes = (verdict or {"coverage": {}})["coverage"].get("routes", {"exercised": [], "known": []})
    return len(routes["exercised"]), len(routes["known"])


def _given_back(note: str) -> int:
    found = _GIVEN_BACK.match(note)
    return len(found["paths"].split(", ")) + int(found["more"] or 0) if found else 0
