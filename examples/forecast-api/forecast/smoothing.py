"""Holt's linear smoothing: what the last readings say about the next hours."""

from collections.abc import Sequence
from datetime import timedelta

from forecast.models import Expected, Reading

LEVEL, TREND = 0.6, 0.3  # how much a new reading counts


def forecast(readings: Sequence[Reading], hours: int) -> list[Expected]:
    """One value an hour after the last reading; at least two readings are needed."""
    first, second, *rest = readings
    level, trend = second.celsius, second.celsius - first.celsius
    for reading in rest:
        before = level
        level = LEVEL * reading.celsius + (1 - LEVEL) * (level + trend)
        trend = TREND * (level - before) + (1 - TREND) * trend
    last = readings[-1].at
    return [
        Expected(at=last + timedelta(hours=hour), celsius=round(level + hour * trend, 2))
        for hour in range(1, hours + 1)
    ]
