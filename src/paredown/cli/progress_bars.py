"""Progress on a terminal's stderr: the phase under way and how long it takes so far, and a bar for each transfer."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from paredown.progress import Progress, Quiet

_SOON = 0.5  # seconds: what is done by then is not worth a line
_FRAMES = 8  # a second


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator[Progress]:
    """The phase and bars while long work goes on; nothing when stderr is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield Quiet()
        return
    drawn = _Drawn()
    try:
        yield drawn
    finally:
        drawn.close()


class _Drawn:
    """Draws each task as a bar, below the phase; a finished one goes away. What draws is loaded when there is something to draw."""

    def __init__(self) -> None:
        self._live: Any = None
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        self._phase, self._since = "", 0.0
        self._closed = False
        self._lock = threading.Lock()  # downloads and layers tell of themselves from threads of their own
        self._soon = threading.Timer(_SOON, self._draw)
        self._soon.daemon = True
        self._soon.start()

    def phase(self, name: str) -> None:
        self._phase, self._since = name, time.monotonic()

    def advance(self, task: str, done: int, total: int) -> None:
        self._draw()
        with self._lock:
            if self._bars is None:
                return
            if task not in self._tasks:
                self._tasks[task] = self._bars.add_task(task[:36], total=total or None)
            self._bars.update(self._tasks[task], completed=done, total=total or None)
            if total and done >= total:
                self._bars.remove_task(self._tasks.pop(task))

    def close(self) -> None:
        self._soon.cancel()
        with self._lock:
            self._closed = True
            if self._live is not None:
                self._live.stop()

    def _draw(self) -> None:
        """Begin to draw, unless that was done."""
        with self._lock:
            if self._live is not None or self._closed:
                return
            from rich.console import Console, Group
            from rich.live import Live
            from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
            from rich.progress import Progress as Bars
            from rich.spinner import Spinner

            console = Console(stderr=True)
            spinner = Spinner("dots" if console.encoding.startswith("utf") else "line")

            def frame() -> Any:
                seconds = time.monotonic() - self._since
                spinner.update(text=f"{self._phase}  {seconds:.0f} s")
                return Group(spinner, self._bars) if self._phase else self._bars

            self._bars = Bars(TextColumn("{task.description}"), BarColumn(bar_width=24), DownloadColumn(), TransferSpeedColumn(), console=console)
            self._live = Live(get_renderable=frame, console=console, refresh_per_second=_FRAMES, transient=True)
            self._live.start()
