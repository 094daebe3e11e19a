import socket
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler

import pytest

from loopback import Loopback, http_server
from paredown.probes.exchange.relay import Relay


class Echo(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


def test_bodies_pass_both_ways_when_several_connections_are_open() -> None:
    body = bytes(range(256)) * 4096
    got: list[bytes] = []
    with http_server(Echo) as port, Relay(Loopback(), port) as relay:

        def ask() -> None:
            with urllib.request.urlopen(relay.url, data=body, timeout=10) as answer:
                got.append(answer.read())

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert got == [body] * 8


def test_connection_is_reset_when_the_service_takes_none() -> None:
    with Relay(Loopback(), 1) as relay, socket.create_connection(("127.0.0.1", relay.port), timeout=5) as stream, pytest.raises(ConnectionResetError):
        stream.recv(1)


def test_nothing_is_left_when_the_context_ends_with_connections_open() -> None:
    before = threading.active_count()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with Relay(Loopback(), listener.getsockname()[1]) as relay:
            stream = socket.create_connection(("127.0.0.1", relay.port), timeout=5)
            inner, _ = listener.accept()
            inner.sendall(b"x")
            assert stream.recv(1) == b"x"
        assert stream.recv(1) == b""
        assert inner.recv(1) == b""
        inner.close()
        stream.close()
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", relay.port), timeout=5)
