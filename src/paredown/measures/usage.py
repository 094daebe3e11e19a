"""What the processes of a service hold and have used at a moment, asked from beside it: memory and time on processors."""

import json
from dataclasses import dataclass
from pathlib import Path

from paredown.comparison import NotMeasured
from paredown.errors import WorldError
from paredown.runners.interface import Service

_PROGRAM = Path(__file__).with_name("programs") / "usage.py"
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Bytes held, seconds spent on processors since the start, and when that was, in seconds of a clock of its own."""

    memory: int
    processor: float
    time: float


def usage(service: Service, python: str) -> Usage | NotMeasured:
    """As the image's own Python sees it in /proc."""
    if not python:
        return NotMeasured("the image has no Python to look with")
    try:
        ended = service.execute((python, "-I", "-S", "-c", f"{_PROGRAM.read_text('utf-8')}\nmain()"), timeout=_PATIENCE)
    except (WorldError, OSError) as error:
        return NotMeasured(str(getattr(error, "what", error)))
    try:
        told = json.loads(ended.stdout)
        return Usage(memory=int(told["memory"]), processor=float(told["processor"]), time=float(told["time"]))
    except (ValueError, KeyError, TypeError):
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return NotMeasured(f"its /proc could not be read: {' '.join(said)[:200] or f'exit status {ended.status}'}")
