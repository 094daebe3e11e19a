"""Ends every process of its container that has the given variable in its environment (`NAME=value`); run there by `python -c`."""

import os
import signal
import sys


def marked(mark: bytes) -> "list[int]":
    """The processes that were started with `mark` in their environment, but for this one."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open("/proc/" + name + "/environ", "rb") as stream:
                if mark in stream.read().split(b"\0"):
                    found.append(int(name))
        except OSError:
            continue  # it ended, or is another user's
    return found


if __name__ == "__main__":
    for _ in range(10):  # one that forks meanwhile is met in the next round
        processes = marked(os.fsencode(sys.argv[1]))
        if not processes:
            break
        for process in processes:
            try:
                os.kill(process, signal.SIGKILL)
            except OSError:
                continue
