from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

router = APIRouter(tags=["time"])


class LocalTime(BaseModel):
    zone: str
    local: datetime
    abbreviation: str
    offset_minutes: int


@router.get("/time/{zone:path}")
async def local_time(zone: str, at: datetime | None = None) -> LocalTime:
    """The time in `zone`, now or at the moment `at` (UTC when it names no offset)."""
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise HTTPException(404, f"no time zone {zone!r}") from None
    moment = at or datetime.now(UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    local = moment.astimezone(place)
    offset = local.utcoffset()
    assert offset is not None
    return LocalTime(
        zone=zone,
        local=local,
        abbreviation=local.tzname() or "",
        offset_minutes=int(offset.total_seconds() // 60),
    )
