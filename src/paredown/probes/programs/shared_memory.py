"""Tells, as JSON, whether processes can share a lock and memory, as multiprocessing does it: null for what works, else what is wrong."""

import json
import os
from collections.abc import Callable


def lock() -> None:
    """A semaphore lies in /dev/shm."""
    import multiprocessing  # noqa: PLC0415 - tried, not presumed

    with multiprocessing.get_context("spawn").Lock():
        pass


def memory() -> None:
    """A megabyte of memory with a name."""
    from multiprocessing import shared_memory  # noqa: PLC0415 - as above

    block = shared_memory.SharedMemory(create=True, size=1 << 20)
    try:
        block.buf[-1] = 1  # type: ignore[index]
    finally:
        block.close()
        block.unlink()


def complaint(attempt: "Callable[[], None]") -> "str | None":
    """What `attempt` raises, as text."""
    try:
        attempt()
    except Exception as error:  # noqa: BLE001 - whatever is wrong is what is asked for
        return f"{type(error).__name__}: {error}"
    return None


os.write(1, json.dumps({"a lock between processes": complaint(lock), "shared memory": complaint(memory)}).encode())
