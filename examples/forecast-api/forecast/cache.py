"""Answers that were worked out lately: in Redis when REDIS_URL is set, else in memory."""

import time
from typing import Protocol

SECONDS = 300


class Cache(Protocol):
    kind: str

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes) -> None: ...

    async def forget(self, key: str) -> None: ...

    async def is_up(self) -> bool: ...

    async def close(self) -> None: ...


class MemoryCache:
    kind = "memory"

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, bytes]] = {}

    async def get(self, key: str) -> bytes | None:
        until, value = self._kept.get(key, (0.0, b""))
        return value if until > time.monotonic() else None

    async def put(self, key: str, value: bytes) -> None:
        self._kept[key] = time.monotonic() + SECONDS, value

    async def forget(self, key: str) -> None:
        self._kept.pop(key, None)

    async def is_up(self) -> bool:
        return True

    async def close(self) -> None:
        self._kept.clear()


class RedisCache:
    """A Redis that is down costs time, never an answer."""

    kind = "redis"

    def __init__(self, url: str) -> None:
        from redis.asyncio import from_url
        from redis.exceptions import RedisError

        self._redis = from_url(url, socket_connect_timeout=1, socket_timeout=1)
        self._error = RedisError

    async def get(self, key: str) -> bytes | None:
        try:
            return await self._redis.get(key)
        except self._error:
            return None

    async def put(self, key: str, value: bytes) -> None:
        try:
            await self._redis.set(key, value, ex=SECONDS)
        except self._error:
            pass

    async def forget(self, key: str) -> None:
        try:
            await self._redis.delete(key)
        except self._error:
            pass

    async def is_up(self) -> bool:
        try:
            return bool(await self._redis.ping())
        except self._error:
            return False

    async def close(self) -> None:
        await self._redis.aclose()


def opened(redis_url: str) -> Cache:
    return RedisCache(redis_url) if redis_url else MemoryCache()
