"""Asking a service for a page, and waiting until it answers at all."""

import http.client
import socket
import time

from paredown.runners.interface import Service

_MOST_READ = 1 << 16
_FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.2


class _Connection(http.client.HTTPConnection):
    """HTTP over a stream that is connected already."""

    def __init__(self, connected: socket.socket, port: int) -> None:
        super().__init__("localhost", port)
        self.sock = connected


def status_of(service: Service, port: int, path: str, *, headers: tuple[tuple[str, str], ...] = (), timeout: float) -> int:
    """The status of the answer to GET `path`. OSError when it does not connect, is silent for `timeout` seconds, or does not speak HTTP."""
    end = time.monotonic() + timeout
    connected = service.connect(port)
    connected.settimeout(timeout)
    connection = _Connection(connected, port)
    try:
        connection.request("GET", path, headers={**dict(headers), "Connection": "close"})
        answer = connection.getresponse()
        # Read to its end, within bounds: a service whose answers are not taken complains, and that would be our doing.
        left = _MOST_READ
        while left > 0 and time.monotonic() < end and (piece := answer.read1(left)):
            left -= len(piece)
        return answer.status
    except http.client.HTTPException as error:
        raise ConnectionError(f"port {port} does not speak HTTP: {error!r}") from error
    finally:
        connection.close()


def has_answered(service: Service, ports: tuple[int, ...], path: str, *, patience: float, longest_pause: float = LONGEST_PAUSE) -> int:
    """The first of `ports` where GET `path` was answered, whatever the status; 0 when none was within `patience` seconds or the service ended."""
    end = time.monotonic() + patience
    pause = min(_FIRST_PAUSE, longest_pause)
    while (left := end - time.monotonic()) > 0:
        for port in ports:
            try:
                status_of(service, port, path, timeout=left)
                return port
            except OSError:
                continue
        # The wait for its end is also the pause between two attempts.
        if service.wait(min(pause, left)) is not None:
            return 0
        pause = min(pause * 1.5, longest_pause)
    return 0
