"""Statistics of the weights: a process for each figure, over one shared memory."""

import statistics
from array import array
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.shared_memory import SharedMemory

FIGURES = ("mean", "median", "pstdev")


def of_parcels(grams: Iterable[int]) -> dict[str, float | int]:
    weights = array("q", grams)
    if not weights:
        return {"count": 0}
    size = len(weights) * weights.itemsize
    memory = SharedMemory(create=True, size=size)
    try:
        memory.buf[:size] = weights.tobytes()
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            asked = [pool.submit(_figure, memory.name, size, figure) for figure in FIGURES]
            found = [answer.result(timeout=20) for answer in asked]
    finally:
        memory.close()
        memory.unlink()
    return {"count": len(weights), **dict(zip(FIGURES, found, strict=True))}


def _figure(name: str, size: int, figure: str) -> float:
    memory = SharedMemory(name)
    try:
        weights = array("q", bytes(memory.buf[:size]))
    finally:
        memory.close()
    return round(float(getattr(statistics, figure)(weights)), 3)
