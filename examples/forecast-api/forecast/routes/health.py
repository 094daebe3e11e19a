import platform

from fastapi import APIRouter, Request

from forecast.parts import CacheOf, StoreOf
from forecast.stores.postgres import DRIVER, LIBPQ

router = APIRouter(tags=["health"])


@router.get("/health")
async def health(request: Request, store: StoreOf, cache: CacheOf) -> dict:
    """The service answers without its database too, but forgets; it then is `degraded`."""
    database = request.app.state.database
    if database == "connected" and not await store.is_up():
        database = "lost"
    caching = "up" if await cache.is_up() else "down"
    return {
        "status": "ok" if (database, caching) == ("connected", "up") else "degraded",
        "version": request.app.version,
        "python": platform.python_version(),
        "parts": {
            "database": {"state": database, "store": store.kind, "driver": DRIVER, "libpq": LIBPQ},
            "cache": {"state": caching, "kind": cache.kind},
        },
    }
