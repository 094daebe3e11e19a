"""What a backend is, what it is asked to build, and what came of it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """An engine that builds Dockerfiles. `link` when it knows COPY --link; `buildx` when builds go through buildx and so through its builders."""

    name: str
    program: str
    version: str
    link: bool
    buildx: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A build: `dockerfile` and `context` are paths of this machine, `options` are handed on to the engine as they are."""

    dockerfile: Path
    context: Path
    tag: str
    options: tuple[str, ...] = ()
    cached: bool = True  # whether layers of earlier builds may serve


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An image that an engine holds by its tag; the time is that of the engine's command."""

    tag: str
    seconds: float
    log: str
