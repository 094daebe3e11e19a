"""What the service does, asked from outside: `python tests/behaviour.py http://127.0.0.1:8000`.

Standard library only, so that it runs anywhere. Prints a line for each behaviour and ends with 1 when one is wrong. Where
/health says that the service has no OCR, what needs OCR is left out.
"""

import argparse
import functools
import http.client
import json
import struct
import sys
import time
import zlib
from pathlib import Path
from urllib.parse import quote, urlsplit

PAGES = Path(__file__).parent / "pages"
WIDTH, HEIGHT = 875, 334  # of the pictures in PAGES
ENGLISH = """\
The quick brown fox jumps over
the lazy dog, and forty-two geese
watched it from the warm meadow.
Invoice number 2025-0317: 1,284.50"""
SPANISH = """\
El niño comió una piña mientras
la abuela pintaba un balcón en
España. ¿Cuánto cuesta el jamón?
Número de factura: 2025-0317"""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def type(self):
        return (self.headers.get("content-type") or "").split(";")[0]


class Service:
    def __init__(self, url):
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port or 80

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def send(self, name, data, **fields):
        border = "----behaviour"
        parts = [f'--{border}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n' for field, value in fields.items()]
        disposition = f'form-data; name="file"; filename="{name}"'
        head = f"{''.join(parts)}--{border}\r\nContent-Disposition: {disposition}\r\nContent-Type: application/octet-stream\r\n\r\n"
        body = head.encode() + data + f"\r\n--{border}--\r\n".encode()
        return self.ask("POST", "/documents", body, {"content-type": f"multipart/form-data; boundary={border}"})

    def read(self, name, data, **fields):
        """Send a document, wait until it is read; what the service says of it."""
        sent = self.send(name, data, **fields)
        assert sent.status in (200, 202), f"status {sent.status}: {sent.body[:200]}"
        last = time.monotonic() + 60
        while (document := self.get(sent.headers["location"]).json)["state"] in ("queued", "reading"):
            assert time.monotonic() < last, f"{name} is not read within a minute"
            time.sleep(0.1)
        return document


def equal(found, wanted, what=""):
    if found != wanted:
        raise AssertionError(f"{what or 'value'}: wanted {wanted!r}, found {found!r}")


def lines(text):
    """Without the empty ones, which Tesseract sees where lines are wide apart."""
    return [line for line in text.splitlines() if line.strip()]


def needs_ocr(check):
    @functools.wraps(check)
    def only_with_ocr(service):
        if service.get("/health").json["ocr"]:
            check(service)

    return only_with_ocr


def pdf(*pages, size=(595, 842)):
    """A PDF; each page is text (lines) or a JPEG picture (bytes)."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]

    def stream(entries, content):
        objects.append(b"<< " + entries + b" /Length %d >>\nstream\n" % len(content) + content + b"\nendstream")
        return len(objects)

    kids = []
    for page in pages:
        if isinstance(page, bytes):
            kind = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode"
            picture = stream(kind % (WIDTH, HEIGHT), page)
            drawn = stream(b"", b"q %d 0 0 %d 0 0 cm /I Do Q" % size)
            resources = b"<< /XObject << /I %d 0 R >> >>" % picture
        else:
            lines = b" ".join(b"(" + line.encode("cp1252").replace(b"(", rb"\(").replace(b")", rb"\)") + b") Tj T*" for line in page.splitlines())
            drawn = stream(b"/Filter /FlateDecode", zlib.compress(b"BT /F 18 Tf 22 TL 40 %d Td " % (size[1] - 60) + lines + b" ET"))
            resources = b"<< /Font << /F 3 0 R >> >>"
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Resources %s /Contents %d 0 R >>" % (*size, resources, drawn))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + head + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))


def png(width, height, pixel):
    """A grey PNG; `pixel` gives the brightness at x, y."""
    rows = b"".join(b"\0" + bytes(pixel(x, y) for x in range(width)) for y in range(height))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def size_of(picture):
    equal(picture[:8], b"\x89PNG\r\n\x1a\n", "start of a PNG")
    return struct.unpack(">II", picture[16:24])


def behaviour_health(service):
    answer = service.get("/health")
    equal((answer.status, answer.json["status"], answer.json["version"]), (200, "ok", "0.9.2"))
    equal(answer.json["python"].rsplit(".", 1)[0], "3.13", "Python")


def behaviour_versions(service):
    told = service.get("/versions").json
    assert told["pymupdf"] and told["sqlite"].startswith("3."), told
    if service.get("/health").json["ocr"]:
        assert {"eng", "spa"} <= set(told["languages"]), told
        assert told["tesseract"].startswith("5.") and told["numpy"] and told["opencv"], told


@needs_ocr
def behaviour_english_picture_is_read(service):
    document = service.read("english.png", (PAGES / "english.png").read_bytes(), language="eng")
    equal((document["state"], document["reason"]), ("done", None))
    equal([page["source"] for page in document["pages"]], ["ocr"])
    equal(lines(document["pages"][0]["text"]), lines(ENGLISH))


@needs_ocr
def behaviour_spanish_picture_is_read(service):
    document = service.read("spanish.png", (PAGES / "spanish.png").read_bytes(), language="spa")
    equal(lines(document["pages"][0]["text"]), lines(SPANISH))


@needs_ocr
def behaviour_language_matters(service):
    document = service.read("spanish.png", (PAGES / "spanish.png").read_bytes(), language="eng")
    text = document["pages"][0]["text"]
    assert "ñ" not in text and "2025-0317" in text, text


@needs_ocr
def behaviour_photograph_is_read(service):
    document = service.read("english.jpg", (PAGES / "english.jpg").read_bytes())
    equal((document["media_type"], lines(document["pages"][0]["text"])), ("image/jpeg", lines(ENGLISH)))
    equal((document["pages"][0]["width"], document["pages"][0]["height"]), (WIDTH, HEIGHT))


@needs_ocr
def behaviour_sharpness_is_measured(service):
    flat = service.read("flat.png", png(64, 48, lambda x, y: 200))["pages"][0]
    board = service.read("board.png", png(64, 48, lambda x, y: 255 * ((x // 8 + y // 8) % 2)))["pages"][0]
    equal((flat["sharpness"], flat["text"]), (0.0, ""))
    assert board["sharpness"] > 1000, board


@needs_ocr
def behaviour_scanned_pdf_is_read(service):
    scan = (PAGES / "english.jpg").read_bytes()
    document = service.read("scan.pdf", pdf(scan, ENGLISH, size=(420, 160)))
    equal([page["source"] for page in document["pages"]], ["ocr", "text layer"])
    equal([lines(page["text"]) for page in document["pages"]], [lines(ENGLISH)] * 2)


def behaviour_text_layer_is_read(service):
    pages = ("First page\nof “two”", "Zweite Seite (größer)\n¿señor? 5 €")
    document = service.read("text.pdf", pdf(*pages))
    equal((document["state"], document["media_type"], document["name"]), ("done", "application/pdf", "text.pdf"))
    equal([page["text"] for page in document["pages"]], list(pages))
    equal({(page["source"], page["width"], page["height"]) for page in document["pages"]}, {("text layer", 595.0, 842.0)})
    answer = service.get(f"/documents/{document['id']}/pages/2")
    equal((answer.type, answer.text), ("text/plain", pages[1]))
    equal(service.get(f"/documents/{document['id']}/pages/3").status, 404)


def behaviour_documents_are_described_in_a_language(service):
    document = service.read("long.pdf", pdf("Long") + bytes(1_234_567), language="spa")
    size = document["size"] / 1000
    english, german = f"{size:,.1f}", f"{size:,.1f}".translate(str.maketrans(",.", ".,"))
    wanted = {
        "en": ("Spanish", f"{english} kilobytes"), "de-AT, de;q=0.9": ("Spanisch", f"{german} Kilobyte"),
        "es": ("español", f"{german} kilobytes"), "ja": ("Spanish", f"{english} kilobytes"),
    }
    for asked, told in wanted.items():
        answer = service.get(f"/documents/{document['id']}/summary", **{"accept-language": asked})
        equal((answer.status, answer.json["language"], answer.json["size"], answer.json["sharpness"]), (200, *told, None), asked)


@needs_ocr
def behaviour_sharpness_is_told_in_a_language(service):
    document = service.read("board.png", png(64, 48, lambda x, y: 255 * ((x // 8 + y // 8) % 2)))
    sharpness = f"{document['pages'][0]['sharpness']:,.1f}"
    path = f"/documents/{document['id']}/summary"
    equal(service.get(path, **{"accept-language": "de"}).json["sharpness"], sharpness.translate(str.maketrans(",.", ".,")))
    equal(service.get(path).json["sharpness"], sharpness)


def behaviour_kinds_are_seen_in_the_file(service):
    equal(service.read("scan.txt", png(8, 8, lambda x, y: 0))["media_type"], "image/png")
    equal(service.read("scan.png", pdf("A page"))["media_type"], "application/pdf")
    for data in (b"", b"#!/usr/bin/python3\n", b"GIF89a" + bytes(50)):
        equal(service.send("scan.pdf", data).status, 415)


def behaviour_thumbnails_have_the_size_asked_for(service):
    document = service.read("thumb.pdf", pdf("Thumbnail", size=(400, 600)))
    path = f"/documents/{document['id']}/thumbnail.png"
    for width in (200, 100, 333):
        answer = service.get(f"{path}?width={width}")
        equal((answer.status, answer.type), (200, "image/png"))
        found = size_of(answer.body)
        equal(found[0], width)
        assert abs(found[1] - width * 1.5) <= 1, found
    equal(service.get(path).body, service.get(f"{path}?width=200").body, "the default")
    equal(service.get(f"{path}?width=5000").status, 422)


def behaviour_thumbnails_of_pictures(service):
    document = service.read("board.png", png(400, 200, lambda x, y: 255 * (x < 200)))
    answer = service.get(f"/documents/{document['id']}/thumbnail.png?width=50")
    equal(size_of(answer.body), (50, 25))
    text = service.read("page.pdf", pdf("Some text\nin the page"))
    blank = service.read("blank.pdf", pdf(""))
    pictures = [service.get(f"/documents/{one['id']}/thumbnail.png").body for one in (text, blank)]
    assert len(pictures[0]) > len(pictures[1]), "the text is not drawn"


def behaviour_thumbnails_are_cached(service):
    document = service.read("cached.pdf", pdf("Cached"))
    path = f"/documents/{document['id']}/thumbnail.png"
    first, second = service.get(path), service.get(path)
    equal(second.headers["etag"], first.headers["etag"])
    assert first.headers["last-modified"], "it has no time"


def behaviour_documents_are_read_once(service):
    data = pdf("Once", str(time.time()))
    first, second = service.send("one.pdf", data), service.send("two.pdf", data)
    equal((first.status, second.status), (202, 200))
    equal(second.headers["location"], first.headers["location"])
    equal(service.read("three.pdf", data)["name"], "one.pdf")
    other = service.send("one.pdf", data, language="spa")
    equal(other.status, 202)
    assert other.headers["location"] != first.headers["location"], "the language does not count"


def behaviour_original_is_kept(service):
    data = pdf("Kept " * 20, "x") + bytes(range(256)) * 8_000  # past 1 MB the parser writes a temporary file
    document = service.read("übersicht.pdf", data)
    equal(document["size"], len(data))
    answer = service.get(f"/documents/{document['id']}/file")
    equal((answer.status, answer.type, answer.body == data), (200, "application/pdf", True))
    assert quote("übersicht.pdf") in answer.headers["content-disposition"], answer.headers["content-disposition"]


def behaviour_documents_can_be_searched(service):
    document = service.read("needle.pdf", pdf("Nothing here", "La cigüeña voló\nsobre el balcón"))
    for words in ("cigüeña", "CIGUENA", "balcon voló"):
        found = [item for item in service.get(f"/search?words={quote(words)}").json if item["id"] == document["id"]]
        equal([item["page"] for item in found], [2], words)
    found = [item["snippet"] for item in service.get("/search?words=voló".replace("ó", "%C3%B3")).json if item["id"] == document["id"]]
    assert "[voló]" in found[0], found
    equal(service.get("/search?words=nonesuch%22%20OR").json, [])
    equal(service.get("/search?words=x").status, 422)


def behaviour_documents_can_be_removed(service):
    document = service.read("gone.pdf", pdf("Xylophones vanish", str(time.time())))
    path = f"/documents/{document['id']}"
    equal(service.get(f"{path}/thumbnail.png").status, 200)
    assert document["id"] in [item["id"] for item in service.get("/documents").json], "the list lacks it"
    equal(service.ask("DELETE", path).status, 204)
    equal([service.get(path + rest).status for rest in ("", "/file", "/pages/1", "/thumbnail.png")], [404] * 4)
    assert document["id"] not in [item["id"] for item in service.get("/search?words=xylophones").json], "it still is found"


def behaviour_broken_documents_fail(service):
    for name, data in {"broken.pdf": b"%PDF-1.7\nnothing", "broken.png": png(8, 8, lambda x, y: 0)[:40] + bytes(50)}.items():
        document = service.read(name, data)
        equal(document["state"], "failed", name)
        assert document["reason"], f"{name} has no reason"
        equal(service.get(f"/documents/{document['id']}/pages/1").status, 409)
        equal(service.get(f"/documents/{document['id']}/thumbnail.png").status, 409)
        assert document["id"] in [item["id"] for item in service.get("/documents?state=failed").json], "the list lacks it"
    equal(service.get("/health").status, 200)


def behaviour_requests_are_validated(service):
    equal(service.send("notes.txt", b"hello").status, 415)
    equal(service.send("x.pdf", pdf("x"), language="tlh").status, 422)
    equal(service.ask("POST", "/documents", b"", {"content-type": "application/x-www-form-urlencoded"}).status, 422)
    equal(service.get("/documents?state=lost").status, 422)
    equal(service.get("/documents/none").status, 404)
    equal(service.send("huge.pdf", b"%PDF-" + bytes(20_000_000)).status, 413)


def behaviour_openapi(service):
    paths = set(service.get("/openapi.json").json["paths"])
    wanted = {"", "/pages/{number}", "/summary", "/file", "/thumbnail.png"}
    equal(paths, {"/health", "/versions", "/documents", "/search", *(f"/documents/{{document_id}}{rest}" for rest in wanted)})
    equal((service.get("/docs").status, service.get("/nowhere").status), (200, 404))


def wait_until_it_listens(service, seconds=20):
    last = time.monotonic() + seconds
    while True:
        try:
            return service.get("/health")
        except (OSError, http.client.HTTPException):
            if time.monotonic() > last:
                raise
            time.sleep(0.1)


def main(url):
    service = Service(url)
    wait_until_it_listens(service)
    wrong = 0
    for name, check in list(globals().items()):
        if not name.startswith("behaviour_"):
            continue
        title = name.removeprefix("behaviour_").replace("_", " ")
        try:
            check(service)
        except Exception as error:
            wrong += 1
            print(f"wrong  {title}: {type(error).__name__}: {error}")
        else:
            print(f"ok     {title}")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="What the service does, asked from outside.")
    parser.add_argument("url", metavar="URL")
    sys.exit(main(parser.parse_args().url))
