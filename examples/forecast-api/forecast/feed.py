"""Tells every listener of a station its new readings."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

MOST_WAITING = 100


class Feed:
    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[asyncio.Queue[str]]] = defaultdict(set)

    def tell(self, code: str, message: str) -> None:
        for queue in self._listeners[code]:
            if not queue.full():  # who listens too slowly misses some
                queue.put_nowait(message)

    @contextmanager
    def listening(self, code: str) -> Iterator[asyncio.Queue[str]]:
        queue: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._listeners[code].add(queue)
        try:
            yield queue
        finally:
            self._listeners[code].discard(queue)
