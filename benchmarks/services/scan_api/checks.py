"""What each of the nine routes answers."""

import struct
import zlib
from pathlib import Path
from urllib.parse import quote

from benchmarks.services.asking import Service, equal

PAGES = Path(__file__).resolve().parents[3] / "examples" / "ocr-backend" / "tests" / "pages"
ENGLISH, SPANISH = "english.png", "spanish.png"
# What Pillow calls a format, and how its files begin.
_WRITTEN = {
    "png": b"\x89PNG",
    "jpeg": b"\xff\xd8",
    "gif": b"GIF8",
    "webp": b"RIFF",
    "tiff": b"II*\0",
    "jpeg2000": b"\0\0\0\x0cjP",
    "bmp": b"BM",
    "pdf": b"%PDF",
}
_READ_AGAIN = ("png", "jpeg", "gif", "webp", "tiff", "jpeg2000", "bmp", "ppm", "ico", "tga", "pcx")


def _index(service: Service) -> None:
    answer = service.get("/")
    equal((answer.status, answer.type), (200, "text/html"))
    assert 'name="picture"' in answer.text, answer.text[:200]


def _health(service: Service) -> None:
    equal(service.get("/health").json, {"status": "ok"})


def _versions(service: Service) -> None:
    assert all(service.get("/versions").json.values()), "a version is missing"


def _languages(service: Service) -> None:
    assert {"eng", "spa"} <= set(service.get("/languages").json), "a language is missing"


def _read(service: Service) -> None:
    assert "The quick brown fox jumps over" in _sent(service, "/read", ENGLISH)
    assert "El niño comió una piña" in _sent(service, "/read?language=spa", SPANISH)


def _words(service: Service) -> None:
    answer = service.send("/words", ENGLISH, (PAGES / ENGLISH).read_bytes())
    assert {"quick", "brown", "meadow."} <= {found["word"] for found in answer.json}, answer.text[:200]


def _describe(service: Service) -> None:
    for kind in _READ_AGAIN:
        made = service.send(f"/convert/{kind}", "a.png", _picture())
        equal(made.status, 200, kind)
        told = service.send("/describe", f"a.{kind}", made.body).json
        equal((told["format"].lower(), told["size"]), (kind, [32, 32]))
    equal(service.send("/describe", "a.txt", b"no picture").status, 415)


def _convert(service: Service) -> None:
    for kind, start in _WRITTEN.items():
        answer = service.send(f"/convert/{kind}", "a.png", _picture())
        equal((answer.status, answer.body[: len(start)]), (200, start), kind)
    equal(service.send("/convert/crayon", "a.png", _picture()).status, 404)


def _label(service: Service) -> None:
    answer = service.get(f"/label?text={quote('Hällo world')}")
    equal((answer.status, answer.type), (200, "image/png"))
    assert "world" in service.send("/read", "label.png", answer.body).json["text"], "the label is not legible"


def _sent(service: Service, path: str, name: str) -> str:
    answer = service.send(path, name, (PAGES / name).read_bytes())
    equal(answer.status, 200, path)
    return str(answer.json["text"])


def _picture() -> bytes:
    """A small PNG in colours."""
    rows = b"".join(b"\0" + bytes(value for x in range(32) for value in (8 * x, 8 * y, 128)) for y in range(32))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    parts = (struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


ROUTES = {
    "GET /": _index,
    "GET /health": _health,
    "GET /versions": _versions,
    "GET /languages": _languages,
    "POST /read": _read,
    "POST /words": _words,
    "POST /describe": _describe,
    "POST /convert/{kind}": _convert,
    "GET /label": _label,
}
