"""The same image made small again and again, each time with a new store and other hash seeds: one digest."""

import shutil
from pathlib import Path

from benchmarks.measure import Table
from benchmarks.slim.carved import carve


def measured(tag: str, level: str, runs: int, scratch: Path, *words: str) -> Table:
    """How many digests come of `runs` runs."""
    digests: dict[str, int] = {}
    for _ in range(runs):
        store = scratch / "repeated-store"
        carved = carve(tag, level, scratch / "repeated.tar", *words, store=store)
        digests[carved.digest] = digests.get(carved.digest, 0) + 1
        shutil.rmtree(store)
        carved.archive.unlink(missing_ok=True)
    table = Table(f"the same digest: {tag}, --trim {level}, {runs} runs")
    for digest, count in digests.items():
        table.fact(digest[:19], f"{count} runs")
    table.at_most("digests", len(digests), 1, "")
    return table
