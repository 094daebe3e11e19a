"""Documents to pages: the text layer where there is one, else OCR, where that is installed."""

from importlib.util import find_spec
from pathlib import Path

import pymupdf

from ocr_backend.models import Page, Source

# The variant without OCR has neither OpenCV nor Tesseract.
HAS_OCR = find_spec("pytesseract") is not None


def read(file: Path, media_type: str, language: str, resolution: int) -> list[Page]:
    """ValueError for what cannot be read."""
    if media_type != "application/pdf":
        width, height = _size(file)
        return [_recognised(file.read_bytes(), language, width, height)]
    try:
        document = pymupdf.open(file, filetype="pdf")
    except pymupdf.FileDataError as error:
        raise ValueError("the document cannot be opened") from error
    with document:
        if document.needs_pass:
            raise ValueError("the document is encrypted")
        return [_page(page, language, resolution) for page in document]


def thumbnail(file: Path, media_type: str, width: int) -> bytes:
    """The first page as PNG."""
    if media_type == "application/pdf":
        with pymupdf.open(file, filetype="pdf") as document:
            page = document[0]
            scale = width / page.rect.width
            return page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False).tobytes("png")
    pixels = pymupdf.Pixmap(file.read_bytes())
    return pymupdf.Pixmap(pixels, width, round(pixels.height * width / pixels.width)).tobytes("png")


def _page(page: pymupdf.Page, language: str, resolution: int) -> Page:
    width, height = round(page.rect.width, 1), round(page.rect.height, 1)
    text = page.get_text().strip()
    if text:
        return Page(text=text, source=Source.TEXT_LAYER, width=width, height=height)
    picture = page.get_pixmap(dpi=resolution, alpha=False).tobytes("png")
    return _recognised(picture, language, width, height)


def _recognised(picture: bytes, language: str, width: float, height: float) -> Page:
    if not HAS_OCR:
        return Page(text="", source=Source.NONE, width=width, height=height)
    from ocr_backend import recognition

    text, sharpness = recognition.read(picture, language)
    return Page(text=text, source=Source.OCR, width=width, height=height, sharpness=sharpness)


def _size(file: Path) -> tuple[int, int]:
    try:
        pixels = pymupdf.Pixmap(file.read_bytes())
    except (RuntimeError, ValueError, pymupdf.mupdf.FzErrorBase) as error:
        raise ValueError("the picture cannot be decoded") from error
    return pixels.width, pixels.height
