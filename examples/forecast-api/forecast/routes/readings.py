import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from statistics import fmean
from typing import Annotated
from zoneinfo import ZoneInfo

import orjson
import structlog
from fastapi import (
    APIRouter,
    Depends,
    Header,
    HTTPException,
    Query,
    Response,
    WebSocket,
    WebSocketDisconnect,
)
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from forecast.models import Day, Reading
from forecast.parts import CacheOf, FeedOf, StationOf, StoreOf, key_is_right
from forecast.smoothing import forecast

router = APIRouter(prefix="/stations/{code}", tags=["readings"])
log = structlog.get_logger()
EARLIEST, LATEST = datetime(1700, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
LONGEST = 48  # hours


@router.post("/readings", status_code=201, dependencies=[Depends(key_is_right)])
async def add_readings(
    readings: list[Reading], station: StationOf, store: StoreOf, cache: CacheOf, feed: FeedOf
) -> dict[str, int]:
    added = await store.add_readings(station.code, readings)
    await cache.forget(f"forecast:{station.code}")
    for reading in readings:
        feed.tell(station.code, reading.model_dump_json())
    log.info("readings_added", station=station.code, sent=len(readings), added=added)
    return {"added": added}


@router.get("/readings")
async def list_readings(
    station: StationOf,
    store: StoreOf,
    since: AwareDatetime = EARLIEST,
    until: AwareDatetime = LATEST,
) -> StreamingResponse:
    """A line of JSON for each reading."""
    lines = _lines(store.readings(station.code, since, until))
    return StreamingResponse(lines, media_type="application/x-ndjson")


async def _lines(readings: AsyncIterator[Reading]) -> AsyncIterator[bytes]:
    option = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    async for reading in readings:
        line = {"at": reading.at.astimezone(UTC), "celsius": reading.celsius}
        yield orjson.dumps(line, None, option)


@router.get("/days")
async def days(station: StationOf, store: StoreOf) -> list[Day]:
    """The days of the station's own time zone."""
    zone, found = ZoneInfo(station.zone), defaultdict(list)
    async for reading in store.readings(station.code, EARLIEST, LATEST):
        found[reading.at.astimezone(zone).date()].append(reading.celsius)
    return [
        Day(day=day, count=len(of), lowest=min(of), highest=max(of), mean=round(fmean(of), 2))
        for day, of in sorted(found.items())
    ]


@router.get("/forecast")
async def read_forecast(
    station: StationOf,
    store: StoreOf,
    cache: CacheOf,
    hours: Annotated[int, Query(ge=1, le=LONGEST)] = 6,
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    key = f"forecast:{station.code}"
    kept = await cache.get(key)
    if kept is None:
        latest = await store.latest(station.code, 200)
        if len(latest) < 2:
            raise HTTPException(409, "a forecast needs two readings")
        expected = [item.model_dump() for item in forecast(latest, LONGEST)]
        await cache.put(key, orjson.dumps(expected, None, orjson.OPT_UTC_Z))
    values = orjson.loads(kept) if kept is not None else expected
    body = orjson.dumps(values[:hours], None, orjson.OPT_UTC_Z)
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"etag": etag, "x-cache": "hit" if kept is not None else "miss"}
    if if_none_match == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


@router.websocket("/feed")
async def follow(websocket: WebSocket, code: str, store: StoreOf, feed: FeedOf) -> None:
    """Each new reading as a message, for as long as the listener stays."""
    if await store.station(code) is None:
        await websocket.close(4404)
        return
    with feed.listening(code) as queue:
        await websocket.accept()
        sending = asyncio.create_task(_send(websocket, queue))
        try:
            while True:
                await websocket.receive_text()  # not heeded; raises when the listener leaves
        except WebSocketDisconnect:
            pass
        finally:
            sending.cancel()


async def _send(websocket: WebSocket, queue: asyncio.Queue[str]) -> None:
    while True:
        await websocket.send_text(await queue.get())
