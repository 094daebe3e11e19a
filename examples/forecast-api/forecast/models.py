"""What the API takes and gives."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

Celsius = Annotated[float, Field(ge=-95, le=65)]


def _known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"no time zone {zone!r}") from None
    return zone


class Station(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    code: str = Field(pattern=r"^[A-Z]{3,4}$")
    name: str = Field(min_length=1, max_length=80)
    zone: Annotated[str, AfterValidator(_known)] = "UTC"
    metres: int = Field(0, ge=-430, le=8850, description="above the sea")


class Reading(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: AwareDatetime
    celsius: Celsius


class Day(BaseModel):
    day: date
    count: int
    lowest: float
    highest: float
    mean: float


class Expected(BaseModel):
    at: datetime
    celsius: float
