"""Progress as bars on a terminal's stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from paredown.progress import Progress, Quiet


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator[Progress]:
    """Bars while long work goes on; nothing when stderr is not a terminal."""
    if quiet or not sys.stderr.isatty():
        yield Quiet()
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), DownloadColumn(), TransferSpeedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Drawn(bars)


class _Drawn:
    """Draws each task as a bar; a finished one goes away."""

    def __init__(self, bars: object) -> None:
        self._bars = bars
        self._tasks: dict[str, int] = {}

    def advance(self, task: str, done: int, total: int) -> None:
        bars = self._bars
        if task not in self._tasks:
            self._tasks[task] = bars.add_task(task[:36], total=total or None)  # type: ignore[attr-defined]
        bars.update(self._tasks[task], completed=done, total=total or None)  # type: ignore[attr-defined]
        if total and done >= total:
            bars.remove_task(self._tasks.pop(task))  # type: ignore[attr-defined]
