"""Tells, as JSON, what runs beside it and where that listens, as /proc has it; who sends it adds the call of `main`.

Sockets are told as (address in hexadecimal, port), processes as their id, parent, words, user, group and umask. Its own process is left out.
"""

import json
import os
import time

MOST_PROCESSES = 2000
LONGEST_WAIT = 6.0


def text_of(path: str) -> str:
    """The beginning of a file of /proc."""
    with open(path, "rb") as file:
        return file.read(65536).decode("utf-8", "replace")


def processes() -> "dict[int, dict[str, object]]":
    """id -> what is known of it; a process that ends meanwhile is none."""
    found: dict[int, dict[str, object]] = {}
    for name in sorted(filter(str.isdigit, os.listdir("/proc")), key=int)[:MOST_PROCESSES]:
        try:
            status = dict(line.split(":\t", 1) for line in text_of(f"/proc/{name}/status").splitlines() if ":\t" in line)
            words = text_of(f"/proc/{name}/cmdline").rstrip("\0")
        except OSError:
            continue
        if status.get("State", "Z").startswith("Z"):
            continue
        found[int(name)] = {
            "parent": int(status.get("PPid", "0")),
            "words": words.split("\0") if words else [status.get("Name", "")],
            "user": int(status.get("Uid", "0").split()[0]),
            "group": int(status.get("Gid", "0").split()[0]),
            "umask": status.get("Umask", ""),
        }
    return found


def without_self(found: "dict[int, dict[str, object]]") -> "dict[int, dict[str, object]]":
    """Neither this process nor those that started it, but for process 1."""
    mine = os.getpid()
    while mine > 1 and mine in found:
        mine = int(str(found.pop(mine)["parent"]))
    return found


def settled(quiet: float) -> "dict[int, dict[str, object]]":
    """The processes once none came or went for `quiet` seconds."""
    end = time.monotonic() + LONGEST_WAIT
    found = without_self(processes())
    since = time.monotonic()
    while time.monotonic() < min(since + quiet, end):
        time.sleep(0.05)
        now = without_self(processes())
        if now.keys() != found.keys():
            since = time.monotonic()
        found = now
    return found


def held(ids: "list[int]") -> "set[str] | None":
    """The inodes of the sockets that the processes hold; None when one does not let itself be looked at."""
    inodes: set[str] = set()
    for process in ids:
        try:
            for handle in os.listdir(f"/proc/{process}/fd"):
                try:
                    target = os.readlink(f"/proc/{process}/fd/{handle}")
                except FileNotFoundError:
                    continue
                if target.startswith("socket:["):
                    inodes.add(target[8:-1])
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return inodes


def listening(ids: "list[int]") -> "list[tuple[str, int]]":
    """(address, port) of every socket that listens, of these processes where that can be seen."""
    ours = held(ids)
    found: set[tuple[str, int]] = set()
    for name in ("tcp", "tcp6"):
        try:
            lines = text_of(f"/proc/1/net/{name}").splitlines()[1:]
        except OSError:
            try:
                lines = text_of(f"/proc/net/{name}").splitlines()[1:]
            except OSError:
                continue
        for line in lines:
            fields = line.split()
            if len(fields) > 9 and fields[3] == "0A" and (ours is None or fields[9] in ours):
                address, _, port = fields[1].partition(":")
                found.add((address, int(port, 16)))
    return sorted(found)


def main(quiet: float) -> None:
    """Look once, or until no process has come or gone for `quiet` seconds."""
    found = settled(quiet)
    os.write(1, json.dumps({"processes": found, "listening": listening(list(found))}).encode())
