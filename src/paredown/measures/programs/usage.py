"""Tells, as JSON, what the processes beside it hold in memory and have used of processors, as /proc has it; who sends it adds the call of `main`.

Memory in bytes: what each process has alone, or its share of what it has with others (proc(5), smaps_rollup: Pss_Anon), and each page of a file that
is mapped once, whoever maps it. Times in seconds. Its own process is left out.
"""

import json
import os
import re
import time

MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ \S+ ([0-9a-f]+) (\S+) (\d+)")


def text_of(path: str) -> str:
    """A file of /proc."""
    with open(path, "rb") as file:
        return file.read().decode("utf-8", "replace")


def processes() -> "list[str]":
    """Their ids, without those that have ended, and without this process and those that started it, but for process 1."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            state, parent = text_of(f"/proc/{name}/stat").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state not in "ZX":
            found[name] = parent
    mine = str(os.getpid())
    while mine in found and mine != "1":
        mine = found.pop(mine)
    return sorted(found)


def kilobytes(line: str) -> int:
    """The number of a line like `Rss:   12 kB`, in bytes."""
    return int(line.split()[1]) * 1024


def own(process: str) -> int:
    """What the process does not share, and its share of what it does."""
    lines = [line for line in text_of(f"/proc/{process}/smaps_rollup").splitlines() if line.startswith("Pss_Anon:")]
    return kilobytes(lines[0])


def mapped(process: str) -> "dict[tuple[str, str, str], int]":
    """Bytes in memory of each piece of a file: (device, inode, offset) -> bytes."""
    found: dict[tuple[str, str, str], int] = {}
    piece = ("", "", "0")
    for line in text_of(f"/proc/{process}/smaps").splitlines():
        mapping = MAPPING.match(line)
        if mapping:
            piece = (mapping[2], mapping[3], mapping[1])
        elif piece[1] != "0" and line.startswith("Rss:"):
            found[piece] = found.get(piece, 0) + kilobytes(line)
        elif piece[1] != "0" and line.startswith("Anonymous:"):
            found[piece] -= kilobytes(line)
    return found


def used(process: str) -> float:
    """Seconds that the threads it has now were on a processor."""
    nanoseconds = []
    for thread in os.listdir(f"/proc/{process}/task"):
        try:
            nanoseconds.append(int(text_of(f"/proc/{process}/task/{thread}/schedstat").split()[0]))
        except (FileNotFoundError, ProcessLookupError):
            continue
    if not nanoseconds:
        raise FileNotFoundError("no thread has a schedstat")
    return sum(nanoseconds) / 1e9


def main() -> None:
    """Look once."""
    alone, processor = 0, 0.0
    pieces: dict[tuple[str, str, str], int] = {}
    for process in processes():
        try:
            held, files = own(process), mapped(process)
            processor += used(process)
        except (FileNotFoundError, ProcessLookupError):
            if process in processes():
                raise  # it is there: this kernel does not tell
            continue
        alone += held
        for piece, size in files.items():
            pieces[piece] = max(size, pieces.get(piece, 0))
    os.write(1, json.dumps({"memory": alone + sum(pieces.values()), "processor": processor, "time": time.monotonic()}).encode())
