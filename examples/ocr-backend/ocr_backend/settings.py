"""The settings, read from the environment: OCR_DATA_DIR, OCR_CACHE_DIR, OCR_UPLOAD_LIMIT, OCR_RESOLUTION."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="OCR_")

    data_dir: Path = Path("/data")
    cache_dir: Path = Path("/cache")
    upload_limit: int = Field(default=20_000_000, gt=0, description="bytes")
    resolution: int = Field(default=200, ge=72, le=600, description="dots per inch for OCR")

    @property
    def uploads(self) -> Path:
        return self.data_dir / "uploads"


@lru_cache
def get_settings() -> Settings:
    return Settings()
