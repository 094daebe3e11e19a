"""A service asked from outside, with the standard library alone, and each of its routes checked.

`python -m benchmarks.services.asking hello_api|shop_api|scan_api URL` prints a line for each route and ends with 1 when one is wrong.
"""

import base64
import http.client
import importlib
import json
import os
import struct
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    type: str
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


class Service:
    """Where the service is."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        """The answer to one request; HTTPException or OSError without one."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": kind} if kind else {})
            found = connection.getresponse()
            return Answer(found.status, (found.headers["content-type"] or "").partition(";")[0], found.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, value: object) -> Answer:
        return self.ask("POST", path, json.dumps(value).encode(), "application/json")

    def send(self, path: str, name: str, data: bytes, field: str = "picture") -> Answer:
        """Upload a file by a form."""
        border = "----asking"
        head = f'--{border}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        body = head.encode() + data + f"\r\n--{border}--\r\n".encode()
        return self.ask("POST", path, body, f"multipart/form-data; boundary={border}")

    def speak(self, path: str, text: str) -> str:
        """What comes back over a WebSocket for one short text; OSError where none is opened."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=10)
        key = base64.b64encode(os.urandom(16)).decode()
        try:
            connection.connect()
            upgrade = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}"
            connection.sock.sendall(f"GET {path} HTTP/1.1\r\nHost: service\r\n{upgrade}\r\n\r\n".encode())
            stream = connection.sock.makefile("rb")
            status = stream.readline().decode()
            if " 101 " not in status:
                raise ConnectionError(status.strip())
            while stream.readline().strip():
                pass
            data, mask = text.encode(), os.urandom(4)
            masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
            connection.sock.sendall(struct.pack("BB", 0x81, 0x80 | len(data)) + mask + masked)
            size: int = stream.read(2)[1] & 0x7F
            return stream.read(size).decode()
        finally:
            connection.close()


Check = Callable[[Service], None]


def equal(found: object, wanted: object, what: str = "") -> None:
    """AssertionError, with both, where they are not equal."""
    if found != wanted:
        raise AssertionError(f"{what}: wanted {wanted!r}, found {found!r}".removeprefix(": "))


def listens(url: str, seconds: float = 60) -> bool:
    """Whether anything answers there before the time is over."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        try:
            Service(url).get("/health")
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
        else:
            return True
    return False


def wrong(checks: Mapping[str, Check], url: str) -> dict[str, str]:
    """What is wrong with each route that is."""
    found = {}
    for route, check in checks.items():
        try:
            check(Service(url))
        except Exception as error:  # noqa: BLE001
            found[route] = " ".join(f"{type(error).__name__}: {error}".split())[:70]
    return found


def checks_of(name: str) -> Mapping[str, Check]:
    """Each route of the service `name`, and what checks it."""
    checks: Mapping[str, Check] = importlib.import_module(f"benchmarks.services.{name}.checks").ROUTES
    return checks


def main(name: str, url: str) -> int:
    checks = checks_of(name)
    if not listens(url):
        raise SystemExit(f"error: nothing answers at {url}")
    said = wrong(checks, url)
    for route in checks:
        print(f"{'wrong' if route in said else 'ok   '}  {route}  {said.get(route, '')}".rstrip())
    return int(bool(said))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
