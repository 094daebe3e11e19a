"""Where stations and readings are kept: in PostgreSQL when there is one, else in memory."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

import structlog

from forecast.models import Reading, Station
from forecast.stores.memory import MemoryStore
from forecast.stores.postgres import PostgresStore, Unreachable

log = structlog.get_logger()


class Store(Protocol):
    kind: str

    async def stations(self) -> list[Station]: ...

    async def station(self, code: str) -> Station | None: ...

    async def add_station(self, station: Station) -> bool: ...

    async def remove_station(self, code: str) -> bool: ...

    async def add_readings(self, code: str, readings: list[Reading]) -> int: ...

    async def latest(self, code: str, limit: int) -> list[Reading]: ...

    def readings(self, code: str, since: datetime, until: datetime) -> AsyncIterator[Reading]: ...

    async def is_up(self) -> bool: ...

    async def close(self) -> None: ...


async def opened(database_url: str) -> tuple[Store, str]:
    """The store, and the state of the database: `connected`, `absent` or `unreachable`."""
    if not database_url:
        return MemoryStore(), "absent"
    try:
        return await PostgresStore.opened(database_url), "connected"
    except Unreachable as error:
        log.warning("database_unreachable", reason=str(error))
        return MemoryStore(), "unreachable"
