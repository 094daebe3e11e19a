"""The service: `uvicorn ocr_backend.main:app`."""

import platform
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import pymupdf
from fastapi import (
    Depends,
    FastAPI,
    File,
    Form,
    Header,
    HTTPException,
    Query,
    Request,
    Response,
    UploadFile,
)
from fastapi.responses import FileResponse, PlainTextResponse

from ocr_backend import reading, recognising, summary
from ocr_backend.desk import Desk
from ocr_backend.models import Document, Found, Language, Page, State, Summary
from ocr_backend.settings import get_settings

settings = get_settings()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.desk = Desk(settings)
    yield
    app.state.desk.close()


app = FastAPI(title="OCR backend", version="0.9.2", lifespan=lifespan)


def get_desk(request: Request) -> Desk:
    return request.app.state.desk


def get_document(document_id: str, desk: Annotated[Desk, Depends(get_desk)]) -> Document:
    document = desk.jobs.get(document_id)
    if document is None:
        raise HTTPException(404, "no such document")
    return document


def get_page(number: int, document: Annotated[Document, Depends(get_document)]) -> Page:
    if document.state is not State.DONE:
        raise HTTPException(409, f"the document is {document.state}")
    if not 1 <= number <= len(document.pages):
        raise HTTPException(404, f"the document has {len(document.pages)} pages")
    return document.pages[number - 1]


DeskOf = Annotated[Desk, Depends(get_desk)]
DocumentOf = Annotated[Document, Depends(get_document)]


@app.get("/health")
def health(desk: DeskOf) -> dict:
    return {
        "status": "ok",
        "version": app.version,
        "python": platform.python_version(),
        "documents": desk.jobs.count(),
        "ocr": reading.HAS_OCR,
    }


@app.get("/versions")
def versions() -> dict:
    found = {"sqlite": sqlite3.sqlite_version, "pymupdf": pymupdf.VersionBind}
    if reading.HAS_OCR:
        from ocr_backend import recognition

        found |= recognition.versions()
    return found


@app.post("/documents", status_code=202)
def take(
    file: Annotated[UploadFile, File()],
    desk: DeskOf,
    response: Response,
    language: Annotated[Language, Form()] = Language.ENGLISH,
) -> Document:
    """Have a document read. 202 when it is new, 200 when it was sent before."""
    data = file.file.read(settings.upload_limit + 1)
    if len(data) > settings.upload_limit:
        raise HTTPException(413, f"more than {settings.upload_limit} bytes")
    media_type = recognising.media_type(data)
    if media_type is None:
        raise HTTPException(415, "neither a PDF nor a picture that is known")
    document, new = desk.take(file.filename or "unnamed", media_type, language, data)
    response.headers["location"] = f"/documents/{document.id}"
    response.status_code = 202 if new else 200
    return document


@app.get("/documents")
def list_documents(desk: DeskOf, state: State = State.DONE) -> list[Document]:
    return desk.jobs.in_state(state)


@app.get("/documents/{document_id}")
def read(document: DocumentOf) -> Document:
    return document


@app.get("/documents/{document_id}/pages/{number}", response_class=PlainTextResponse)
def read_page(page: Annotated[Page, Depends(get_page)]) -> str:
    return page.text


@app.get("/documents/{document_id}/summary")
def summarise(
    document: DocumentOf, accept_language: Annotated[str, Header(max_length=200)] = "en"
) -> Summary:
    """What the document is, in the language that the browser prefers."""
    preferred = [part.partition(";")[0].strip() for part in accept_language.split(",")]
    return summary.of_document(document, preferred)


@app.get("/documents/{document_id}/file")
def original(document: DocumentOf, desk: DeskOf) -> FileResponse:
    return FileResponse(desk.file(document), media_type=document.media_type, filename=document.name)


@app.get("/documents/{document_id}/thumbnail.png")
def thumbnail(
    document: DocumentOf, desk: DeskOf, width: Annotated[int, Query(ge=16, le=1024)] = 200
) -> FileResponse:
    if document.state is State.FAILED:
        raise HTTPException(409, "the document cannot be read")
    return FileResponse(desk.thumbnail(document, width), media_type="image/png")


@app.delete("/documents/{document_id}", status_code=204)
def remove(document: DocumentOf, desk: DeskOf) -> None:
    desk.remove(document)


@app.get("/search")
def search(desk: DeskOf, words: Annotated[str, Query(min_length=2, max_length=200)]) -> list[Found]:
    return desk.jobs.search(words)
