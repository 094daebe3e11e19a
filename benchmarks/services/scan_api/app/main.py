"""The service: `uvicorn app.main:app`."""

import io
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import pytesseract
from fastapi import FastAPI, File, HTTPException, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates
from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

app = FastAPI(title="Scan")
templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
Picture = Annotated[UploadFile, File()]


@app.get("/", response_class=HTMLResponse)
async def index(request: Request) -> HTMLResponse:
    return templates.TemplateResponse(request, "index.html", {})


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/versions")
async def versions() -> dict[str, str]:
    return {name: version(name) for name in ("fastapi", "pillow", "pytesseract")}


@app.get("/languages")
def languages() -> list[str]:
    return pytesseract.get_languages()


@app.post("/read")
def read(picture: Picture, language: str = "eng") -> dict[str, str]:
    return {"text": pytesseract.image_to_string(_opened(picture), lang=language)}


@app.post("/words")
def words(picture: Picture) -> list[dict[str, object]]:
    found = pytesseract.image_to_data(_opened(picture), output_type=pytesseract.Output.DICT)
    boxes = zip(found["text"], found["left"], found["top"], strict=True)
    return [{"word": word, "left": left, "top": top} for word, left, top in boxes if word.strip()]


@app.post("/describe")
def describe(picture: Picture) -> dict[str, object]:
    opened = _opened(picture)
    return {"format": opened.format, "mode": opened.mode, "size": opened.size}


@app.post("/convert/{kind}")
def convert(kind: str, picture: Picture) -> Response:
    written = io.BytesIO()
    try:
        _opened(picture).convert("RGB").save(written, kind)
    except KeyError as error:
        raise HTTPException(404, f"there is no format {kind}") from error
    return Response(written.getvalue(), media_type="application/octet-stream")


@app.get("/label")
def label(text: str) -> Response:
    drawn = Image.new("L", (20 + 16 * len(text), 60), 255)
    ImageDraw.Draw(drawn).text((10, 10), text, fill=0, font=ImageFont.load_default(30))
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return Response(written.getvalue(), media_type="image/png")


def _opened(picture: UploadFile) -> Image.Image:
    try:
        opened = Image.open(picture.file)
        opened.load()
    except UnidentifiedImageError as error:
        raise HTTPException(415, "that is no picture") from error
    return opened
