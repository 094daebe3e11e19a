"""The service: `uvicorn forecast.main:app --port 9000`."""

import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware

from forecast import cache, stores
from forecast.feed import Feed
from forecast.logs import configure
from forecast.models import Station
from forecast.routes import health, readings, stations
from forecast.settings import get_settings

SEED = Path(__file__).parent / "seed" / "stations.json"
settings = get_settings()
configure(settings.log_level)
log = structlog.get_logger()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.store, app.state.database = await stores.opened(settings.database_url)
    app.state.cache = cache.opened(settings.redis_url)
    app.state.feed = Feed()
    for station in orjson.loads(SEED.read_bytes()):
        await app.state.store.add_station(Station(**station))
    log.info("started", database=app.state.database, cache=app.state.cache.kind)
    yield
    await app.state.cache.close()
    await app.state.store.close()
    log.info("ended")


app = FastAPI(title="Forecast", version="3.1.0", lifespan=lifespan)
app.add_middleware(GZipMiddleware, minimum_size=500)
app.include_router(health.router)
app.include_router(stations.router)
app.include_router(readings.router)


@app.middleware("http")
async def log_requests(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    name = request.headers.get("x-request-id") or str(uuid.uuid4())
    structlog.contextvars.bind_contextvars(request=name)
    start = time.perf_counter()
    try:
        response = await call_next(request)
        response.headers["x-request-id"] = name
        log.info(
            "request",
            method=request.method,
            path=request.url.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - start) * 1000, 1),
        )
        return response
    finally:
        structlog.contextvars.clear_contextvars()
