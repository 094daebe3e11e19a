from fastapi import APIRouter, Depends, HTTPException, status

from forecast.models import Station
from forecast.parts import CacheOf, StationOf, StoreOf, key_is_right

router = APIRouter(prefix="/stations", tags=["stations"])


@router.get("")
async def list_stations(store: StoreOf) -> list[Station]:
    return await store.stations()


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=[Depends(key_is_right)])
async def add_station(station: Station, store: StoreOf) -> Station:
    if not await store.add_station(station):
        raise HTTPException(status.HTTP_409_CONFLICT, f"there is a station {station.code!r}")
    return station


@router.get("/{code}")
async def read_station(station: StationOf) -> Station:
    return station


@router.delete(
    "/{code}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[Depends(key_is_right)]
)
async def remove_station(station: StationOf, store: StoreOf, cache: CacheOf) -> None:
    await store.remove_station(station.code)
    await cache.forget(f"forecast:{station.code}")
