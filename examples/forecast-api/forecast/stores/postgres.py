from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import structlog
from psycopg import Error, errors, pq
from psycopg.rows import class_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from forecast.models import Reading, Station

MIGRATIONS = Path(__file__).parent.parent / "migrations"
DRIVER = pq.__impl__
LIBPQ = pq.version()
log = structlog.get_logger()


class Unreachable(Exception):
    pass


class PostgresStore:
    kind = "postgresql"

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool

    @classmethod
    async def opened(cls, url: str) -> Self:
        pool = AsyncConnectionPool(url, min_size=1, max_size=8, open=False)
        try:
            await pool.open(wait=True, timeout=5)
        except (PoolTimeout, Error) as error:
            await pool.close()
            raise Unreachable(str(error)) from error
        store = cls(pool)
        await store._migrate()
        return store

    async def _migrate(self) -> None:
        async with self._pool.connection() as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(9000)")
            await connection.execute("CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY)")
            cursor = await connection.execute("SELECT name FROM migration")
            done = {name for (name,) in await cursor.fetchall()}
            for file in sorted(MIGRATIONS.glob("*.sql")):
                if file.name not in done:
                    await connection.execute(file.read_bytes())
                    await connection.execute("INSERT INTO migration VALUES (%s)", (file.name,))
                    log.info("migrated", migration=file.name)

    async def stations(self) -> list[Station]:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Station))
            await cursor.execute("SELECT code, name, zone, metres FROM station ORDER BY code")
            return await cursor.fetchall()

    async def station(self, code: str) -> Station | None:
        async with self._pool.connection() as connection:
            cursor = connection.cursor(row_factory=class_row(Station))
            await cursor.execute(
                "SELECT code, name, zone, metres FROM station WHERE code = %s", (code,)
            )
            return await cursor.fetchone()

    async def add_station(self, station: Station) -> bool:
        try:
            async with self._pool.connection() as connection:
                await connection.execute(
                    "INSERT INTO station VALUES (%(code)s, %(name)s, %(zone)s, %(metres)s)",
                    station.model_dump(),
                )
        except errors.UniqueViolation:
            return False
        return True

    async def remove_station(self, code: str) -> bool:
        async with self._pool.connection() as connection:
            cursor = await connection.execute("DELETE FROM station WHERE code = %s", (code,))
            return cursor.rowcount == 1

    async def add_readings(self, code: str, readings: list[Reading]) -> int:
        async with self._pool.connection() as connection, connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO reading VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                [(code, reading.at, reading.celsius) for reading in readings],
            )
            return cursor.rowcount

    async def latest(self, code: str, limit: int) -> list[Reading]:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT at, celsius FROM reading WHERE code = %s ORDER BY at DESC LIMIT %s",
                (code, limit),
            )
            return [_reading(row) for row in reversed(await cursor.fetchall())]

    async def readings(self, code: str, since: datetime, until: datetime) -> AsyncIterator[Reading]:
        async with (
            self._pool.connection() as connection,
            connection.cursor("readings") as cursor,  # named: rows come as they are read
        ):
            await cursor.execute(
                "SELECT at, celsius FROM reading "
                "WHERE code = %s AND at >= %s AND at < %s ORDER BY at",
                (code, since, until),
            )
            async for row in cursor:
                yield _reading(row)

    async def is_up(self) -> bool:
        try:
            async with self._pool.connection(timeout=2) as connection:
                await connection.execute("SELECT 1")
        except (PoolTimeout, Error):
            return False
        return True

    async def close(self) -> None:
        await self._pool.close()


def _reading(row: tuple[datetime, float]) -> Reading:
    return Reading(at=row[0].astimezone(UTC), celsius=row[1])
