import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from time import sleep

import pytest

from loopback import Loopback
from paredown.probes.exchange import client
from paredown.probes.exchange.cookies import Cookies
from paredown.probes.exchange.interface import HttpAnswer, HttpRequest


@contextmanager
def _serving(*says: bytes | Callable[[socket.socket], None]) -> Iterator[tuple[int, list[bytes]]]:
    """A listener that answers one connection after the other with these bytes, and what it was sent."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for say in says:
                connection, _ = listener.accept()
                with connection:
                    received.append(connection.recv(100_000))
                    if callable(say):
                        say(connection)
                    else:
                        connection.sendall(say)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1], received


def _asked(say: bytes | Callable[[socket.socket], None], **changes: object) -> HttpAnswer:
    with _serving(say) as (port, _):
        return client.send(Loopback(), port, HttpRequest(**{"key": "it", "method": "GET", "target": "/", **changes}), Cookies())  # type: ignore[arg-type]


def test_answer_is_whole_when_all_is_well() -> None:
    answer = _asked(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX-A: 1\r\nX-A: 2\r\n\r\nokmore")
    assert answer == HttpAnswer(status=201, reason="Created", headers=(("Content-Length", "2"), ("X-A", "1"), ("X-A", "2")), body=b"ok")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"", client.BROKEN_OFF),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", client.NOT_HTTP),
        (b"HTTP/1.1 abc\r\n\r\n", client.NOT_HTTP),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", client.TOO_SHORT),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", client.BROKEN_OFF),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", client.BROKEN_OFF),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: 1\r\n" * 200 + b"\r\n", client.NOT_HTTP),
    ],
)
def test_error_says_what_broke_off_when_a_service_does_wrong(said: bytes, error: str) -> None:
    assert _asked(said).error == error


def test_error_says_so_when_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    request = HttpRequest(key="it", method="GET", target="/")
    assert client.send(Loopback(), port, request, Cookies()).error == client.REFUSED


def test_time_is_up_when_a_service_drips() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with suppress(OSError):
            for _ in range(40):
                connection.sendall(b"x")
                sleep(0.05)

    answer = _asked(drip, timeout=0.4)
    assert (answer.status, answer.error) == (200, client.timed_out(0.4))


def test_events_are_cut_when_they_do_not_end() -> None:
    def stream(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + b"data: 1\n\n" * 5)
        connection.recv(1)

    answer = _asked(stream)
    assert (answer.body, answer.cut, answer.error) == (b"data: 1\n\n" * 3, True, "")


def test_answer_is_read_when_the_body_was_refused() -> None:
    answer = _asked(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", method="POST", body=b"x" * 50_000)
    assert answer.status == 413


def test_request_is_one_message_whatever_is_in_it() -> None:
    with _serving(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (port, received):
        client.send(Loopback(), port, HttpRequest(key="it", method="GET", target="/ä b", headers=(("X-A", "1\r\nX-B: 2"),)), Cookies())
    assert received[0].splitlines() == [
        b"GET /%C3%A4%20b HTTP/1.1",
        f"Host: localhost:{port}".encode(),
        b"Accept-Encoding: gzip, deflate",
        b"X-A: 1 X-B: 2",
        b"",
    ]


def test_body_goes_in_chunks_when_asked_to() -> None:
    with _serving(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (port, received):
        client.send(Loopback(), port, HttpRequest(key="it", method="POST", target="/", body=b"abcdefgh", chunked=True), Cookies())
    assert received[0].endswith(b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n2\r\nef\r\n2\r\ngh\r\n0\r\n\r\n")


def test_cookies_come_back_until_they_are_deleted() -> None:
    jar = Cookies()
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n%b\r\n"
    says = [ok % b"Set-Cookie: a=1; Path=/; HttpOnly\r\nSet-Cookie: b=2; Path=/other\r\n", ok % b"Set-Cookie: a=; Path=/; Max-Age=0\r\n", ok % b""]
    with _serving(*says) as (port, received):
        for _ in says:
            client.send(Loopback(), port, HttpRequest(key="it", method="GET", target="/"), jar)
    assert [b"Cookie: a=1" in one for one in received] == [False, True, False]
    assert jar.header("/other/place") == "b=2"


def test_connection_is_used_again_until_the_service_closes_it() -> None:
    def twice(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1")
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2")

    request = HttpRequest(key="it", method="GET", target="/", connection="kept")
    kept: dict[str, socket.socket] = {}
    with _serving(twice, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n3") as (port, received):
        bodies = [client.send(Loopback(), port, request, Cookies(), kept).body for _ in range(3)]
    assert bodies == [b"1", b"2", b"3"]
    assert (len(received), kept) == (2, {})
