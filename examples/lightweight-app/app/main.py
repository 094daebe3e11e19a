"""The service: `uvicorn app.main:app`."""

import logging
import platform
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from app.routes import clock, files, items
from app.settings import get_settings
from app.store import ItemStore, Store

HERE = Path(__file__).parent
VERSION = "1.4.0"
log = logging.getLogger("uvicorn.error")
settings = get_settings()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.store = ItemStore()
    log.info("%s starts in %s", settings.title, settings.env)
    yield
    log.info("%s ends with %d items", settings.title, len(app.state.store.all()))


app = FastAPI(title=settings.title, version=VERSION, lifespan=lifespan)
app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
app.include_router(items.router)
app.include_router(files.router)
app.include_router(clock.router)
templates = Jinja2Templates(directory=HERE / "templates")


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok", "environment": settings.env, "version": VERSION, "python": platform.python_version()}


@app.get("/", response_class=HTMLResponse, include_in_schema=False)
async def page(request: Request, store: Store) -> HTMLResponse:
    return templates.TemplateResponse(
        request, "index.html", {"title": settings.title, "environment": settings.env, "items": store.all()}
    )


@app.websocket("/echo")
async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass
