from collections.abc import AsyncIterator
from datetime import datetime

from forecast.models import Reading, Station


class MemoryStore:
    kind = "memory"

    def __init__(self) -> None:
        self._stations: dict[str, Station] = {}
        self._readings: dict[str, dict[datetime, Reading]] = {}

    async def stations(self) -> list[Station]:
        return sorted(self._stations.values(), key=lambda station: station.code)

    async def station(self, code: str) -> Station | None:
        return self._stations.get(code)

    async def add_station(self, station: Station) -> bool:
        if station.code in self._stations:
            return False
        self._stations[station.code] = station
        self._readings[station.code] = {}
        return True

    async def remove_station(self, code: str) -> bool:
        self._readings.pop(code, None)
        return self._stations.pop(code, None) is not None

    async def add_readings(self, code: str, readings: list[Reading]) -> int:
        kept = self._readings[code]
        new = [reading for reading in readings if reading.at not in kept]
        kept.update({reading.at: reading for reading in new})
        return len(new)

    async def latest(self, code: str, limit: int) -> list[Reading]:
        return sorted(self._readings[code].values(), key=lambda reading: reading.at)[-limit:]

    async def readings(self, code: str, since: datetime, until: datetime) -> AsyncIterator[Reading]:
        for reading in sorted(self._readings[code].values(), key=lambda reading: reading.at):
            if since <= reading.at < until:
                yield reading

    async def is_up(self) -> bool:
        return True

    async def close(self) -> None:
        self._stations.clear()
        self._readings.clear()
