"""What the service does, asked from outside: `python tests/behaviour.py http://127.0.0.1:8000`.

Standard library only, so that it runs anywhere. Prints a line for each behaviour and ends with 1 when one is wrong.
"""

import base64
import hashlib
import http.client
import json
import os
import socket
import struct
import sys
import time
from urllib.parse import urlsplit


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return (self.headers.get("content-type") or "").split(";")[0]


class Service:
    def __init__(self, url):
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port or 80

    def ask(self, method, path, body=None, headers=None):
        if body is not None and not isinstance(body, bytes):
            body, headers = json.dumps(body).encode(), {"content-type": "application/json", **(headers or {})}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def post(self, path, body, headers=None):
        return self.ask("POST", path, body, headers)


def equal(found, wanted, what=""):
    if found != wanted:
        raise AssertionError(f"{what or 'value'}: wanted {wanted!r}, found {found!r}")


def behaviour_health(service):
    answer = service.get("/health")
    equal(answer.status, 200)
    equal(answer.json["status"], "ok")
    equal(answer.json["python"].rsplit(".", 1)[0], "3.13", "Python")
    wanted = os.environ.get("EXPECT_APP_ENV")
    if wanted:
        equal(answer.json["environment"], wanted, "APP_ENV")


def behaviour_items_live_and_die(service):
    made = service.post("/items", {"name": "  Käse ", "price": "12.50", "tags": ["food", "tall"]})
    equal(made.status, 201)
    item = made.json
    equal((item["name"], item["price"], item["tags"]), ("Käse", "12.50", ["food", "tall"]))
    path = f"/items/{item['id']}"
    equal(service.get(path).json, item)
    assert item in service.get("/items?tag=tall").json, "the list by tag lacks the item"
    changed = service.ask("PATCH", path, {"price": 9})
    equal((changed.status, changed.json["name"], float(changed.json["price"])), (200, "Käse", 9.0))
    equal(service.ask("DELETE", path).status, 204)
    equal(service.get(path).status, 404)


def behaviour_items_are_validated(service):
    for bad in ({"name": "", "price": 1}, {"name": "x", "price": -1}, {"name": "x", "price": "1.234"}, {"name": "x"}, {"name": "x", "price": 1, "colour": "red"}):
        answer = service.post("/items", bad)
        equal(answer.status, 422, f"status for {bad}")
        assert answer.json["detail"][0]["loc"][0] == "body", answer.body
    equal(service.get("/items/one").status, 422)
    equal(service.get("/items?limit=0").status, 422)
    equal(service.post("/items", b"{", {"content-type": "application/json"}).status, 422)


def behaviour_page_shows_items(service):
    item = service.post("/items", {"name": "<b>Ångström</b>", "price": "1.00"}).json
    try:
        answer = service.get("/")
        equal((answer.status, answer.type), (200, "text/html"))
        page = answer.body.decode("utf-8")
        assert "&lt;b&gt;Ångström&lt;/b&gt;" in page, "the item is missing or not escaped"
        assert "/static/echo.js" in page, "the page lacks its script"
    finally:
        service.ask("DELETE", f"/items/{item['id']}")


def behaviour_static_files_have_their_types(service):
    for name, wanted in {"style.css": {"text/css"}, "echo.js": {"text/javascript", "application/javascript"}, "logo.svg": {"image/svg+xml"}}.items():
        answer = service.get(f"/static/{name}")
        equal(answer.status, 200, name)
        assert answer.type in wanted, f"{name} is {answer.type}"
    etag = service.get("/static/style.css").headers["etag"]
    equal(service.get("/static/style.css", **{"if-none-match": etag}).status, 304)
    equal(service.get("/static/../main.py").status, 404)


def upload(service, name, data):
    border = "----behaviour"
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    body = head.encode() + data + f"\r\n--{border}--\r\n".encode()
    return service.post("/upload", body, {"content-type": f"multipart/form-data; boundary={border}"})


def behaviour_upload_small(service):
    answer = upload(service, "notes.docx", b"hello")
    equal(answer.status, 200)
    docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    equal(answer.json, {"name": "notes.docx", "size": 5, "sha256": hashlib.sha256(b"hello").hexdigest(), "media_type": docx})


def behaviour_upload_that_spills_to_disk(service):
    data = bytes(range(256)) * 12_000  # 3 MB: past 1 MB the parser writes a temporary file
    answer = upload(service, "big.bin", data)
    equal((answer.status, answer.json["size"], answer.json["sha256"]), (200, len(data), hashlib.sha256(data).hexdigest()))


def behaviour_upload_too_big(service):
    equal(upload(service, "huge.bin", bytes(10_000_001)).status, 413)


def behaviour_time_zones(service):
    cases = {
        "Europe/Vienna": ("CEST", 120),
        "America/New_York": ("EDT", -240),
        "Asia/Kolkata": ("IST", 330),
        "UTC": ("UTC", 0),
        "US/Central": ("CDT", -300),  # a legacy name: in a package of its own since Debian 13
    }
    for zone, wanted in cases.items():
        answer = service.get(f"/time/{zone}?at=2025-07-01T12:00:00Z")
        equal(answer.status, 200, zone)
        equal((answer.json["abbreviation"], answer.json["offset_minutes"]), wanted, zone)
    equal(service.get("/time/Mars/Olympus").status, 404)


def behaviour_openapi(service):
    answer = service.get("/openapi.json")
    equal(set(answer.json["paths"]), {"/health", "/items", "/items/{item_id}", "/upload", "/time/{zone}"})
    equal(service.get("/docs").status, 200)
    equal(service.get("/nowhere").status, 404)


def behaviour_websocket_echoes(service):
    key = base64.b64encode(os.urandom(16)).decode()
    with socket.create_connection((service.host, service.port), timeout=10) as connection:
        lines = [
            "GET /echo HTTP/1.1", f"Host: {service.host}:{service.port}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "",
        ]
        connection.sendall("\r\n".join(lines).encode())
        stream = connection.makefile("rb")
        equal(stream.readline().split()[1], b"101", "status")
        headers = {}
        while (line := stream.readline().strip()):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        equal(headers["sec-websocket-accept"], accept)
        for text in ("hello", "Grüße " * 100):
            connection.sendall(frame(0x1, text.encode()))
            equal(read_frame(stream), (0x1, text.encode()))
        connection.sendall(frame(0x8, struct.pack(">H", 1000)))
        equal(read_frame(stream)[0], 0x8, "closing frame")


def frame(opcode, payload):
    mask = os.urandom(4)
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(payload))
    return bytes([0x80 | opcode]) + size + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def read_frame(stream):
    first, second = stream.read(2)
    size = second & 0x7F
    if size == 126:
        (size,) = struct.unpack(">H", stream.read(2))
    return first & 0x0F, stream.read(size)


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
    if len(sys.argv) != 2:
        sys.exit("usage: python tests/behaviour.py URL")
    sys.exit(main(sys.argv[1]))
