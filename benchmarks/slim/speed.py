"""How long `paredown slim --no-verify` takes, against `docker save | tar -x` of the same image: at most twice as long; and how much memory."""

import shutil
import statistics
import subprocess
from pathlib import Path

from benchmarks.measure import Table, in_turns, seconds
from benchmarks.slim import engine
from benchmarks.slim.carved import carve
from benchmarks.stand_ins import docker

MOST = 2.0


def measured(tag: str, level: str, runs: int, scratch: Path) -> Table:
    """Both in turns; the store is new in every run, so that nothing is remembered of the image."""
    memory: list[float] = []
    saved = scratch / "saved.tar"
    subprocess.run([docker(), "save", "--output", str(saved), tag], check=True)

    def slim(image: str) -> float:
        store = scratch / "speed-store"
        carved = carve(image, level, scratch / "speed.tar", "--no-verify", store=store)
        memory.append(carved.memory)
        carved.archive.unlink()
        shutil.rmtree(store)
        return carved.seconds

    def unpack() -> None:
        place = scratch / "unpacked"
        place.mkdir()
        with subprocess.Popen([docker(), "save", tag], stdout=subprocess.PIPE) as saving:
            subprocess.run(["tar", "-x", "-C", str(place)], stdin=saving.stdout, check=True)
        shutil.rmtree(place)

    ours, of_file, theirs = f"slim --trim {level} --no-verify", "the same, of a file that was saved before", "docker save | tar -x"
    times = in_turns({ours: lambda: slim(tag), of_file: lambda: slim(str(saved)), theirs: lambda: seconds(unpack)}, runs)
    saved.unlink()
    table = Table(f"speed on {tag}, {engine.size(tag) / 1_000_000:.0f} MB (whole process)")
    table.times("time", times)
    table.at_most("ratio", statistics.median(times[ours]) / statistics.median(times[theirs]), MOST, "x")
    table.fact("ratio, of the file", f"{statistics.median(times[of_file]) / statistics.median(times[theirs]):.2f} x")
    table.fact("memory of paredown", f"{max(memory):.0f} MB at most")
    return table
