"""The settings, read from the environment: DATABASE_URL, REDIS_URL, API_KEY, LOG_LEVEL."""

import os
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str
    redis_url: str
    api_key: str
    log_level: str


@cache
def get_settings() -> Settings:
    return Settings(
        database_url=os.environ.get("DATABASE_URL", ""),
        redis_url=os.environ.get("REDIS_URL", ""),
        api_key=os.environ.get("API_KEY", ""),
        log_level=os.environ.get("LOG_LEVEL", "INFO").upper(),
    )
