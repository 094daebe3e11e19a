"""Asking a service in a sandbox over HTTP, and waiting until it answers at all."""

import http.client
import socket
import time
from dataclasses import dataclass
from typing import Protocol

_BIGGEST_BODY = 64 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; a body is cut after 64 MiB."""

    status: int
    body: bytes


class Listening(Protocol):
    """Something that runs and may listen: `wait` tells None for as long as it runs."""

    def connect(self, port: int) -> socket.socket: ...

    def wait(self, timeout: float) -> object | None: ...


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket that is connected already."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__("localhost")
        self.sock = connected


def get(running: Listening, port: int, path: str, *, timeout: float) -> Answer:
    """GET `path` from `port` inside. OSError when it does not connect or breaks off, TimeoutError after `timeout` seconds of silence."""
    connected = running.connect(port)
    connected.settimeout(timeout)
    connection = _Connection(connected)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}", "Connection": "close"})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(_BIGGEST_BODY))
    except http.client.HTTPException as error:
        raise ConnectionError(f"port {port} does not speak HTTP: {error!r}") from error
    finally:
        connection.close()


def wait_until_answers(running: Listening, port: int, path: str, *, timeout: float) -> Answer | None:
    """The first answer to GET `path`, whatever its status; None when there was none within `timeout` seconds, or the program ended."""
    end = time.monotonic() + timeout
    pause = 0.01
    while (left := end - time.monotonic()) > 0:
        try:
            return get(running, port, path, timeout=left)
        except OSError:
            # The wait for its end is also the pause between two attempts.
            if running.wait(min(pause, left)) is not None:
                return None
            pause = min(pause * 1.5, 0.2)
    return None
