"""What composers work with. A composer is a module with a `compose` function that turns a part of the Plan into a Tree."""

from dataclasses import dataclass
from pathlib import Path

from paredown.progress import Progress
from paredown.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The store, who is told of progress, the mirror, and what of the caller's surroundings downloads may use.

    `environment` is the caller's (proxies, certificates, index credentials); it reaches uv and never an image.
    `epoch` is SOURCE_DATE_EPOCH in seconds. `locked` refuses anything that paredown.lock does not pin.
    """

    store: Store
    progress: Progress
    mirror: str
    environment: dict[str, str]
    epoch: int = 0
    locked: bool = False
    keyring: Path | None = None
