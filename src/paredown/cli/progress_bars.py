"""Progress as bars on a terminal's stderr."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from paredown.progress import Progress, Quiet


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator[Progress]:
    """Bars while long work goes on; nothing when stderr is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield Quiet()
        return
    drawn = _Drawn()
    try:
        yield drawn
    finally:
        drawn.close()


class _Drawn:
    """Draws each task as a bar; a finished one goes away. The bars are loaded when there is a first one to draw."""

    def __init__(self) -> None:
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        self._lock = threading.Lock()  # downloads and layers tell of themselves from threads of their own

    def advance(self, task: str, done: int, total: int) -> None:
        with self._lock:
            if self._bars is None:
                self._bars = self._begun()
            if task not in self._tasks:
                self._tasks[task] = self._bars.add_task(task[:36], total=total or None)
            self._bars.update(self._tasks[task], completed=done, total=total or None)
            if total and done >= total:
                self._bars.remove_task(self._tasks.pop(task))

    def close(self) -> None:
        if self._bars is not None:
            self._bars.stop()

    def _begun(self) -> Any:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
        from rich.progress import Progress as Bars

        columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), DownloadColumn(), TransferSpeedColumn())
        bars = Bars(*columns, console=Console(stderr=True), transient=True)
        bars.start()
        return bars
