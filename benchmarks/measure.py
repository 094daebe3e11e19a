"""Measuring fairly: candidates take turns, medians count, every line says its target and whether it was met."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes, by the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(candidates: Mapping[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    """What each candidate gives, measured in turns so that a busy machine slows all alike; the first round is not counted."""
    found: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(runs + 1):
        for name, measure in candidates.items():
            value = measure()
            if turn:
                found[name].append(value)
    return found


def run(words: list[str], environment: Mapping[str, str], *, folder: str | None = None) -> str:
    """What `words` print; ends with their complaint when they fail."""
    finished = subprocess.run(words, env=dict(environment), cwd=folder, capture_output=True, text=True, check=False)
    if finished.returncode:
        raise SystemExit(f"error: {' '.join(words)} ended with {finished.returncode}\n{finished.stderr}")
    return finished.stdout


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One process: its exit code, what it printed, how long it took (seconds), and the most memory that it had itself (megabytes of 1,048,576 bytes)."""

    code: int
    said: str
    complaint: str
    seconds: float
    memory: float


def observed(words: list[str], environment: Mapping[str, str]) -> Run:
    """Run `words`, and look at what they take."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complaint:
        began = time.perf_counter()
        process = subprocess.Popen(words, env=dict(environment), stdout=said, stderr=complaint)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complaint.seek(0)
        return Run(code=process.returncode, said=said.read().decode(), complaint=complaint.read().decode(), seconds=took, memory=usage.ru_maxrss / 1024)


@dataclass(slots=True)
class Table:
    """Lines of figures; `missed` says whether one is above its target."""

    title: str
    lines: list[tuple[str, str, str, str]] = field(default_factory=list)
    missed: bool = False

    def fact(self, what: str, figure: str) -> None:
        """A figure without a target."""
        self.lines.append((what, figure, "", ""))

    def at_most(self, what: str, value: float, target: float, unit: str) -> None:
        """A figure that must not be above `target`."""
        met = value <= target
        self.missed |= not met
        self.lines.append((what, f"{value:.3g} {unit}".strip(), f"<= {target:g} {unit}".strip(), "met" if met else "MISSED"))

    def times(self, what: str, times: Mapping[str, list[float]]) -> None:
        """Every candidate's median and spread."""
        for candidate, values in times.items():
            spread = f"{min(values):.3f} to {max(values):.3f}, {len(values)} runs"
            self.fact(f"{what}: {candidate}", f"{statistics.median(values):.3f} s ({spread})")

    def ratio(self, what: str, times: Mapping[str, list[float]], name: str, other: str, target: float) -> None:
        """The medians of two candidates, with their spread, and their ratio against `target`."""
        self.times(what, times)
        self.at_most(f"{what}: ratio", statistics.median(times[name]) / statistics.median(times[other]), target, "x")

    def text(self) -> str:
        """The table as columns."""
        widths = [max((len(line[column]) for line in self.lines), default=0) for column in range(4)]
        rows = ("  " + "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in self.lines)
        return "\n".join([self.title, *rows]) + "\n"

    def markdown(self) -> str:
        """The table for a page."""
        return f"```text\n{self.text()}```\n"

    def show(self) -> None:
        """Print the table."""
        print(self.text(), end="", flush=True)
