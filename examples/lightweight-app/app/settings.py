"""The settings, read from the environment: APP_ENV, APP_TITLE, APP_UPLOAD_LIMIT."""

from enum import StrEnum
from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_file=".env", extra="ignore")

    env: Environment = Environment.DEVELOPMENT
    title: str = "Stock list"
    upload_limit: int = Field(default=10_000_000, gt=0, description="bytes")


@lru_cache
def get_settings() -> Settings:
    return Settings()
