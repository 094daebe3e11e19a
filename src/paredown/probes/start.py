"""What starting shows: where the service listens; and what runs beside it at all, as its /proc tells."""

import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paredown.errors import WorldError
from paredown.probes.interface import Seen, Subject
from paredown.result import Observation, Skipped
from paredown.runners.interface import Service

NAME = "start"

_PROGRAM = Path(__file__).with_name("programs") / "processes.py"
_PATIENCE = 30.0
_WITHOUT_IPV6 = {"00000000": "every IPv4 address", "0100007F": "loopback only"}
_WITH_IPV6 = {"0" * 32: "every address", "00000000000000000000000001000000": "loopback only"}
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*(?:-config)?")
_WITH_A_VALUE = frozenset({"-W", "-X", "--check-hash-based-pycs"})
_HELPERS = {"spawn": "multiprocessing worker", "forkserver": "multiprocessing fork server", "resource_tracker": "multiprocessing tracker"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process of the service; `program` is its name without the interpreter it runs on."""

    number: int
    parent: int
    program: str
    user: int
    group: int
    umask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The processes, and (place, port) of what listens, the place as a meaning."""

    processes: tuple[Process, ...]
    listening: tuple[tuple[str, int], ...]


def looked(service: Service, python: str, *, quiet: float = 0) -> Look | str:
    """What runs in the service's container once nothing came or went for `quiet` seconds, or why it cannot be seen."""
    if not python:
        return "the image has no Python to look with"
    try:
        ended = service.execute((python, "-I", "-S", "-c", f"{_PROGRAM.read_text('utf-8')}\nmain({quiet})"), timeout=_PATIENCE)
    except (WorldError, OSError) as error:
        return str(getattr(error, "what", error))
    try:
        told = json.loads(ended.stdout)
        processes = tuple(_process(int(number), found) for number, found in told["processes"].items())
        return Look(processes=processes, listening=_meant(told["listening"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        said = ended.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return f"its Python could not look around: {' '.join(said)[:300] or f'exit status {ended.status}'}"


def observe(service: Service, subject: Subject) -> Iterator[Seen]:
    """Where it listens, once it has answered."""
    look = looked(service, subject.image.python)
    if isinstance(look, str):
        yield Skipped(what="where the service listens", reason=look)
        return
    yield Observation(probe=NAME, key="listens", value={str(port): place for place, port in look.listening})


def _process(number: int, found: dict[str, Any]) -> Process:
    words = [str(word) for word in found["words"]]
    return Process(
        number=number, parent=int(found["parent"]), program=program_of(words), user=int(found["user"]), group=int(found["group"]), umask=str(found["umask"])
    )


def _meant(sockets: list[list[Any]]) -> tuple[tuple[str, int], ...]:
    """The widest place for each port; Docker's own name server is no part of the service."""
    places: dict[int, set[str]] = {}
    for address, port in sockets:
        if address != "0B00007F":
            places.setdefault(int(port), set()).add({**_WITHOUT_IPV6, **_WITH_IPV6}.get(address, "one address only"))
    order = ("every address", "every IPv4 address", "one address only", "loopback only")
    return tuple((next(place for place in order if place in found), port) for port, found in sorted(places.items()))


def program_of(words: list[str]) -> str:
    """What a command line runs, by name: `/opt/venv/bin/python -u /opt/venv/bin/uvicorn main:app` and `python -m uvicorn main:app` are `uvicorn`."""
    program = posixpath.basename(words[0])
    if not _PYTHON.fullmatch(program):
        # A title that the process gave itself: `gunicorn: worker [app]`.
        return (program.split() or [""])[0].rstrip(":")
    rest = list(words[1:])
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        if option == "-c":
            return _inline(rest)
        if option == "-m":
            return rest[0] if rest else program
        if option in _WITH_A_VALUE and rest:
            rest.pop(0)
    return posixpath.basename(rest[0]) if rest else "python"


def _inline(rest: list[str]) -> str:
    text = rest[0] if rest else ""
    return next((name for module, name in _HELPERS.items() if f"multiprocessing.{module}" in text), "python -c")
