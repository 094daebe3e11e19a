"""Small real servers on 127.0.0.1 and a service that dials them, for what talks to services."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from paredown.probes.exchange import client, websocket
from paredown.probes.exchange.bindings import complete
from paredown.probes.exchange.cookies import Cookies
from paredown.probes.exchange.interface import Answer, Asker, Guide, HttpAnswer, HttpRequest, Known, Request, WebSocketTalk
from paredown.runners.interface import Ended

_ENDED = Ended(status=0, stdout=b"", stderr=b"")


class Loopback:
    """A service whose ports are this machine's own."""

    def connect(self, port: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), timeout=5)

    def execute(self, argv: tuple[str, ...], *, timeout: float) -> Ended:
        return _ENDED

    def signal(self, number: int) -> None:
        pass

    def output(self) -> tuple[bytes, bytes]:
        return b"", b""

    def wait(self, timeout: float | None) -> Ended | None:
        return None

    def stop(self, grace: float) -> Ended:
        return _ENDED

    def kill(self) -> Ended:
        return _ENDED


@contextmanager
def raw_server(said: bytes) -> Iterator[int]:
    """The port of a server that says `said` to who connects, and hangs up; it does not read but the first bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(said)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]


@contextmanager
def http_server(requests: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """The port of a server that answers as `requests` says."""
    with ThreadingHTTPServer(("127.0.0.1", 0), requests) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def driven(asker: Asker, guide: Guide, port: int) -> tuple[list[tuple[Request, Answer]], list[str]]:
    """What `asker` asked of the server on `port` and was answered, in order; and the routes it knew."""
    said: list[tuple[Request, Answer]] = []
    known: list[str] = []
    answers: dict[str, HttpAnswer] = {}
    jar = Cookies()
    asking = asker(guide)
    answer: Answer | None = None
    while True:
        try:
            request = asking.send(answer)
        except StopIteration:
            return said, known
        match request:
            case WebSocketTalk():
                answer = websocket.talk(Loopback(), port, request)
            case HttpRequest():
                ready = complete(request, answers)
                assert isinstance(ready, HttpRequest), ready
                answer = answers[request.key] = client.send(Loopback(), port, replace(ready, timeout=5), jar)
            case _:
                known.extend([request.route] if isinstance(request, Known) else [])
                answer = None
                continue
        said.append((request, answer))
