import hashlib
import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from builders import image_of, tree_of
from loopback import driven, http_server
from paredown.plan import Verification
from paredown.probes.exchange import streaming
from paredown.probes.exchange.interface import Guide, HttpAnswer, HttpRequest
from paredown.result import Skipped

_DOCUMENT = {
    "openapi": "3.1.0",
    "paths": {
        "/files/{name}": {
            "post": {
                "requestBody": {
                    "content": {"multipart/form-data": {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}}
                }
            }
        },
        "/items": {"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"name": {"type": "string"}}}}}}}},
        "/ticks": {"get": {"responses": {"200": {"content": {"text/event-stream": {}}}}}},
    },
}


class Store(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    document: Any = _DOCUMENT

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        kind = "text/event-stream" if self.path == "/ticks" else "application/json"
        self.said(404 if self.path == "/" else 200, json.dumps(self.document if "openapi" in self.path else {}).encode(), kind)

    def do_POST(self) -> None:
        if self.headers["Transfer-Encoding"] == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size + 2)[:-2]
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self.said(413 if len(body) > 10_000_000 else 201, hashlib.sha256(body).hexdigest().encode())

    def said(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)


def asked(tmp_path: Path, server: type[Store], *routes: str) -> dict[str, tuple[HttpRequest, HttpAnswer]]:
    guide = Guide(image=image_of(tree_of({}), tmp_path), settings=Verification(), routes=routes)
    with http_server(server) as port:
        said, _ = driven(streaming.ask, guide, port)
    return {request.key: (request, answer) for request, answer in said if isinstance(request, HttpRequest) and isinstance(answer, HttpAnswer)}


def test_uploads_are_large_slow_and_in_chunks_when_the_document_tells_of_some(tmp_path: Path) -> None:
    found = asked(tmp_path, Store, "GET /", "GET /health")
    upload = "upload: POST /files/{name}"
    assert found[f"{upload}, in chunks"][0].chunked
    assert found[f"{upload}, slowly"][0].pause > 0
    assert len(found[f"{upload}, 3 MB"][0].body) > 3 * 1024 * 1024
    assert found[f"{upload}, 3 MB"][1].status == 201
    assert found[f"{upload}, 12 MB"][1].status == 413
    assert "upload: POST /items, 3 MB" in found
    assert "upload: POST /items, 12 MB" not in found


def test_same_bytes_arrive_when_they_are_sent_in_other_ways(tmp_path: Path) -> None:
    found = asked(tmp_path, Store)
    ways = {found[f"upload: POST /files/{{name}}, {way}"][1].body for way in ("in chunks", "slowly", "when told to continue")}
    assert len(ways) == 1


def test_edges_are_tried_on_a_page_that_is_well_when_the_first_is_not(tmp_path: Path) -> None:
    found = asked(tmp_path, Store, "GET /", "GET /health")
    assert found["edge: GET /health, in HTTP/1.0"][0].version == "1.0"
    assert {found[f"edge: GET /health, on a connection that is kept, {number}"][0].connection for number in ("first", "second", "third")} == {"kept"}


def test_streams_are_listened_to_for_a_while_when_routes_or_document_tell_of_them(tmp_path: Path) -> None:
    found = asked(tmp_path, Store, "GET /events/{room}")
    assert found["stream: GET /events/{room}"][0].target == "/events/one"
    assert found["stream: GET /ticks"][0].take > 0


def test_bytes_are_sent_when_no_document_tells_what_a_route_takes(tmp_path: Path) -> None:
    class Silent(Store):
        document = None

    assert len(asked(tmp_path, Silent, "POST /things", "POST /things/{id}")["upload: POST /things, 12 MB"][0].body) == 12 * 1024 * 1024


def test_large_bodies_are_told_as_skipped_when_nothing_takes_any(tmp_path: Path) -> None:
    guide = Guide(image=image_of(tree_of({}), tmp_path), settings=Verification())
    answers = streaming.ask(guide)
    said = [next(answers)]
    while True:
        try:
            said.append(answers.send(HttpAnswer(status=200) if isinstance(said[-1], HttpRequest) else None))
        except StopIteration:
            break
    assert said[-1] == Skipped(what="large and streamed bodies", reason="no route is known to take a body")
