"""The parts that routes are given."""

import secrets
from typing import Annotated

from fastapi import Depends, Header, HTTPException
from fastapi.requests import HTTPConnection

from forecast.cache import Cache
from forecast.feed import Feed
from forecast.models import Station
from forecast.settings import get_settings
from forecast.stores import Store


def get_store(connection: HTTPConnection) -> Store:
    return connection.app.state.store


def get_cache(connection: HTTPConnection) -> Cache:
    return connection.app.state.cache


def get_feed(connection: HTTPConnection) -> Feed:
    return connection.app.state.feed


async def get_station(code: str, store: Annotated[Store, Depends(get_store)]) -> Station:
    station = await store.station(code)
    if station is None:
        raise HTTPException(404, f"no station {code!r}")
    return station


def key_is_right(x_api_key: Annotated[str, Header()] = "") -> None:
    wanted = get_settings().api_key
    if wanted and not secrets.compare_digest(wanted.encode(), x_api_key.encode()):
        raise HTTPException(401, "the API key is missing or wrong")


StoreOf = Annotated[Store, Depends(get_store)]
CacheOf = Annotated[Cache, Depends(get_cache)]
FeedOf = Annotated[Feed, Depends(get_feed)]
StationOf = Annotated[Station, Depends(get_station)]
