"""How long each part of the work took; the figures go into the Result and never into an image."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from paredown.progress import Progress, Quiet
from paredown.result import Phase


class Stopwatch:
    """Collects phases in the order in which they ended, and tells `progress` of each that begins."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._phases: list[Phase] = []
        self._progress = progress or Quiet()

    @contextmanager
    def phase(self, name: str, detail: str = "") -> Iterator["Lap"]:
        """Times what is done within; `detail` is for those who watch alone."""
        lap = Lap()
        started = time.perf_counter()
        self._progress.phase(f"{name}, {detail}" if detail else name)
        yield lap
        self._progress.phase("")
        self._phases.append(Phase(name=name, seconds=round(time.perf_counter() - started, 4), reused=lap.reused))

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases, those of one name added up."""
        names = dict.fromkeys(phase.name for phase in self._phases)
        return tuple(
            Phase(
                name=name,
                seconds=round(sum(phase.seconds for phase in self._phases if phase.name == name), 4),
                reused=all(phase.reused for phase in self._phases if phase.name == name),
            )
            for name in names
        )


class Lap:
    """One phase under way; set `reused` when an earlier run's outcome served."""

    reused = False
