"""The service: `uvicorn app.main:app`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from fastapi import FastAPI, HTTPException, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.templating import Jinja2Templates
from sqlalchemy.exc import NoSuchModuleError

from app import store

HERE = Path(__file__).parent
DATABASE = os.environ.get("DATABASE_URL", "postgresql://shop:shop@127.0.0.1:9/shop")
templates = Jinja2Templates(directory=HERE / "templates")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    store.create()
    yield


app = FastAPI(title="Shop", lifespan=lifespan)


@app.exception_handler(Exception)
async def broken(request: Request, error: Exception) -> HTMLResponse:
    return templates.TemplateResponse(request, "error.html", {"what": type(error).__name__}, status_code=500)


@app.get("/", response_class=HTMLResponse)
async def index(request: Request) -> HTMLResponse:
    return templates.TemplateResponse(request, "index.html", {"items": store.every()})


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/items")
def items() -> list[store.Item]:
    return store.every()


@app.post("/items", status_code=201)
def add(item: store.NewItem) -> store.Item:
    return store.add(item)


@app.get("/items/{number}")
def item(number: int) -> store.Item:
    found = store.one(number)
    if found is None:
        raise HTTPException(404, f"there is no item {number}")
    return found


@app.delete("/items/{number}", status_code=204)
def remove(number: int) -> None:
    if not store.remove(number):
        raise HTTPException(404, f"there is no item {number}")


@app.get("/report/{zone:path}", response_class=HTMLResponse)
async def report(request: Request, zone: str) -> HTMLResponse:
    return templates.TemplateResponse(request, "report.html", {"zone": zone, "midnight": _at("2025-07-01T00:00:00+00:00", zone)})


@app.get("/time/{zone:path}")
async def time(zone: str, at: str = "") -> dict[str, str]:
    return {"time": _at(at, zone).isoformat()}


@app.get("/statement/{dialect}")
def statement(dialect: str) -> dict[str, str]:
    try:
        return {"sql": store.statement(dialect)}
    except NoSuchModuleError as error:
        raise HTTPException(404, str(error)) from error


@app.get("/asyncpg")
async def with_asyncpg() -> JSONResponse:
    import asyncpg

    try:
        connection = await asyncpg.connect(DATABASE, timeout=5)
        return JSONResponse({"version": connection.get_server_version().major})
    except (OSError, asyncpg.PostgresError) as error:
        return JSONResponse({"error": type(error).__name__}, status_code=503)


@app.get("/psycopg")
def with_psycopg() -> JSONResponse:
    import psycopg

    try:
        with psycopg.connect(DATABASE, connect_timeout=5) as connection:
            return JSONResponse({"version": connection.info.server_version})
    except psycopg.OperationalError as error:
        return JSONResponse({"error": type(error).__name__, "libpq": psycopg.pq.version()}, status_code=503)


@app.get("/neighbour")
async def neighbour(url: str = "http://127.0.0.1:8000/health") -> dict[str, object]:
    async with httpx.AsyncClient(timeout=5) as client:
        answer = await client.get(url)
    return {"status": answer.status_code, "answer": answer.json()}


@app.post("/decode/{codec}")
async def decode(codec: str, request: Request) -> dict[str, str]:
    try:
        return {"text": (await request.body()).decode(codec)}
    except LookupError as error:
        raise HTTPException(404, str(error)) from error


@app.get("/versions")
async def versions(names: str = "fastapi,sqlalchemy,asyncpg,psycopg,httpx,jinja2,uvicorn") -> dict[str, str]:
    try:
        return {name: version(name) for name in names.split(",")}
    except PackageNotFoundError as error:
        raise HTTPException(404, str(error)) from error


@app.get("/broken")
async def fails() -> None:
    raise RuntimeError("on purpose")


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_text((await websocket.receive_text()).upper())
    except WebSocketDisconnect:
        pass


def _at(text: str, zone: str) -> datetime:
    try:
        return (datetime.fromisoformat(text) if text else datetime.now(UTC)).astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise HTTPException(404, f"there is no zone {zone}") from error
