"""What the API gives."""

from enum import StrEnum

from pydantic import BaseModel


class Language(StrEnum):
    ENGLISH = "eng"
    SPANISH = "spa"


class State(StrEnum):
    QUEUED = "queued"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


class Source(StrEnum):
    TEXT_LAYER = "text layer"
    OCR = "ocr"
    NONE = "none"  # a picture, in a variant without OCR


class Page(BaseModel):
    text: str
    source: Source
    width: float
    height: float
    sharpness: float | None = None


class Document(BaseModel):
    id: str
    name: str
    media_type: str
    language: Language
    size: int
    state: State
    reason: str | None = None
    pages: list[Page] = []


class Summary(BaseModel):
    language: str
    size: str
    sharpness: str | None


class Found(BaseModel):
    id: str
    page: int
    snippet: str
