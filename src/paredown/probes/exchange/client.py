"""Requests over HTTP and whatever comes back: nothing that a service does wrong raises."""

import io
import re
import socket
from dataclasses import replace
from http.client import HTTPException, HTTPResponse
from time import monotonic, sleep
from typing import cast

from paredown.probes.exchange.cookies import Cookies
from paredown.probes.exchange.interface import HttpAnswer, HttpRequest
from paredown.probes.exchange.request_bytes import pieces
from paredown.runners.interface import Service

BODY_LIMIT = 64 * 1024 * 1024
_PIECE = 256 * 1024
_EVENTS = 3  # of a stream of server-sent events, which may never end, so many are an answer
_END_OF_EVENT = re.compile(rb"\r?\n\r?\n|\r\r")

REFUSED = "the connection was refused"
BROKEN_OFF = "the connection was broken off"
NOT_HTTP = "the answer is not HTTP"
TOO_SHORT = "the body ended before its declared length"
TOO_LONG = f"the body is longer than {BODY_LIMIT} bytes"


def timed_out(seconds: float) -> str:
    """What an answer says that took longer."""
    return f"not answered within {seconds:g} s"


def send(service: Service, port: int, request: HttpRequest, jar: Cookies, kept: dict[str, socket.socket] | None = None) -> HttpAnswer:
    """The answer to `request`, whose placeholders are filled. A redirect is an answer like any other.

    `kept` are connections by the name that requests give them, those that the service has not closed; closing them in the end is the caller's.
    """
    used = kept.pop(request.connection, None) if kept is not None and request.connection else None
    stream, answer, reusable = used, HttpAnswer(error=BROKEN_OFF), False
    if stream is not None:
        answer, reusable = _asked(stream, port, request, jar)
    if stream is None or (not answer.status and answer.error == BROKEN_OFF):  # a service may close a kept connection at any time
        if stream is not None:
            stream.close()
        try:
            stream = service.connect(port)
        except TimeoutError:
            return HttpAnswer(error=timed_out(request.timeout))
        except OSError:
            return HttpAnswer(error=REFUSED)
        answer, reusable = _asked(stream, port, request, jar)
    if reusable and kept is not None and request.connection:
        kept[request.connection] = stream
    else:
        stream.close()
    jar.take(request.target, answer.headers)
    return answer


def _asked(stream: socket.socket, port: int, request: HttpRequest, jar: Cookies) -> tuple[HttpAnswer, bool]:
    """The answer that comes over `stream`, and whether another request may follow there."""
    deadline = monotonic() + request.timeout
    try:
        stream.settimeout(request.timeout)
        first, *rest = pieces(port, request, jar.header(request.target))
        stream.sendall(first)
        for piece in rest:
            sleep(request.pause)
            stream.sendall(piece)
    except TimeoutError:
        return HttpAnswer(error=timed_out(request.timeout)), False
    except OSError:
        pass  # a service may refuse a body before it has read it: its answer is there all the same
    return _received(_Incoming(stream, deadline), request)


class _Incoming(io.RawIOBase):
    """What comes from a socket until a deadline, all of it together: a service that drips cannot hold one up."""

    def __init__(self, stream: socket.socket, deadline: float) -> None:
        self._stream, self.deadline = stream, deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self, _PIECE)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._stream.settimeout(left)
        return self._stream.recv_into(buffer)


def _received(incoming: _Incoming, request: HttpRequest) -> tuple[HttpAnswer, bool]:
    """The answer, and whether the connection can be used again."""
    response = HTTPResponse(cast(socket.socket, incoming), method=request.method)
    body = bytearray()
    answer = HttpAnswer()
    try:
        response.begin()
        answer = HttpAnswer(status=response.status, reason=response.reason, headers=tuple(response.getheaders()))
        if request.take:
            incoming.deadline = min(incoming.deadline, monotonic() + request.take)
        answer = _with_body(answer, response, body, whole_stream=bool(request.take))
    except TimeoutError:
        answer = replace(answer, cut=True) if answer.status and request.take else replace(answer, error=timed_out(request.timeout))
    except HTTPException as broken:
        answer = replace(answer, error=BROKEN_OFF if answer.status or isinstance(broken, OSError) else NOT_HTTP)
    except ValueError:
        answer = replace(answer, error=NOT_HTTP)
    except OSError:
        answer = replace(answer, error=BROKEN_OFF)
    return replace(answer, body=bytes(body)), not (answer.error or answer.cut or response.will_close)


def _with_body(answer: HttpAnswer, response: HTTPResponse, body: bytearray, *, whole_stream: bool) -> HttpAnswer:
    """`answer` with what is to say of its body, which is read into `body`. HTTPResponse does not count for `read1` everywhere: the count is kept here."""
    expected = response.length
    events = not whole_stream and response.headers.get_content_type() == "text/event-stream"
    while expected is None or len(body) < expected:
        piece = response.read1(_PIECE if expected is None else min(_PIECE, expected - len(body)))
        if not piece:
            break
        body += piece
        if len(body) > BODY_LIMIT:
            del body[BODY_LIMIT:]
            return replace(answer, error=TOO_LONG)
        if events and len(ends := [found.end() for found in _END_OF_EVENT.finditer(body)]) >= _EVENTS:
            del body[ends[_EVENTS - 1] :]
            return replace(answer, cut=True)
    return replace(answer, error=TOO_SHORT) if expected is not None and len(body) < expected else answer
