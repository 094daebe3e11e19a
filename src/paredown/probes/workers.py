"""What a service is made of once it was asked all there is: its processes, as whom they run, and the memory they can share.

A starter (a shell, an init, `uv run`) is no part of what the service is, so two images that start it in different ways look alike; but where no
shell stood between the engine and the service, which then gets its signals, none may.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from paredown.errors import WorldError
from paredown.probes.interface import Seen, Subject
from paredown.probes.start import looked
from paredown.result import Observation, Skipped
from paredown.runners.interface import Service

NAME = "workers"

_SHARING = Path(__file__).with_name("programs") / "shared_memory.py"
_QUIET = 0.3  # seconds without a process coming or going; servers start their workers within a tenth of each other
_PATIENCE = 30.0
_SHELLS = frozenset({"sh", "ash", "bash", "dash", "busybox"})
_STARTERS = _SHELLS | {"uv", "tini", "dumb-init", "catatonit", "docker-init", "poetry", "pdm", "pipenv", "hatch", "env"}


def observe(service: Service, subject: Subject) -> Iterator[Seen]:
    """Its processes, then what another process of its user can share."""
    look = looked(service, subject.image.python, quiet=_QUIET)
    if isinstance(look, str):
        yield Skipped(what="processes of the service", reason=look)
        return
    own = [process for process in look.processes if process.program not in _STARTERS]
    yield Observation(probe=NAME, key="processes", value=dict(sorted(Counter(process.program for process in own).items())))
    yield Observation(probe=NAME, key="user", value=sorted({f"{process.user}:{process.group}" for process in own}))
    yield Observation(probe=NAME, key="umask", value=sorted({process.umask for process in own}))
    between = [process.program for process in look.processes if process.number == 1 and process.program in _SHELLS]
    complaint = f"process 1 is the shell {between[0]}, which passes no signal on to the service" if between and own else None
    yield Observation(probe=NAME, key="no shell as process 1", value=complaint, kept=True)
    yield from _shared(service, subject.image.python)


def _shared(service: Service, python: str) -> Iterator[Seen]:
    try:
        ended = service.execute((python, "-I", "-c", _SHARING.read_text("utf-8")), timeout=_PATIENCE)
        told = json.loads(ended.stdout)
    except (WorldError, OSError, ValueError) as error:
        yield Skipped(what="shared memory", reason=str(getattr(error, "what", "its Python could not try it")))
        return
    for name, complaint in told.items():
        yield Observation(probe=NAME, key=str(name), value=complaint, kept=True)
