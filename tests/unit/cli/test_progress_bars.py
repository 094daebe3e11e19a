"""What a person sees while long work goes on."""

import io
import sys
import time

import pytest

from paredown.cli.progress_bars import progress_bars
from paredown.progress import Quiet
from paredown.stopwatch import Stopwatch


class Terminal(io.StringIO):
    """A terminal that remembers what was written."""

    def isatty(self) -> bool:
        return True


def test_the_phase_under_way_is_shown_when_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bars(quiet=False) as progress, Stopwatch(progress).phase("verify", "trial 2 of at most 16"):
        progress.advance("layer 1", 5, 10)
        deadline = time.monotonic() + 20
        while "verify, trial 2 of at most 16" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.05)
    assert "verify, trial 2 of at most 16" in terminal.getvalue()
    assert "layer 1" in terminal.getvalue()


def test_nothing_is_drawn_of_what_is_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress_bars(quiet=False) as progress, Stopwatch(progress).phase("carve"):
        pass
    assert terminal.getvalue() == ""


def test_nothing_is_drawn_where_nobody_looks() -> None:
    with progress_bars(quiet=True) as progress:
        assert isinstance(progress, Quiet)
