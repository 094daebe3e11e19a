"""The stop signal: a request that is being sent when it comes is answered, and the service ends in time, with the exit status it always had."""

import http.client
import signal
import socket
import time
from collections.abc import Generator, Sequence

from paredown.probes.exchange.interface import HttpRequest
from paredown.probes.interface import Seen, Subject
from paredown.result import Observation, Skipped
from paredown.runners.interface import Ended, Service

NAME = "signals"

_IN_FLIGHT = "a request in flight"
_CONTINUE = 3.0  # seconds until a server says that it takes the body
_EARLY = 0.3  # seconds for an answer to half of a body
_NOTICED = 0.5
_CLOSING = 2.0  # seconds until a service that got the signal takes no more connections; some take them to the end


def observe(service: Service, subject: Subject, candidates: Sequence[HttpRequest]) -> Generator[Seen, None, Ended]:
    """End the service as an engine does, in the midst of one of `candidates`, which are requests with a body that it has answered; how it ended."""
    launch, grace = subject.launch, subject.settings.grace
    number = number_of(launch.stop_signal)
    early = service.wait(0)
    complaint = None if early is None else f"it ended by itself with status {early.status}"
    yield Observation(probe=NAME, key="runs until it is told to end", value=complaint, kept=True)
    if early is not None:
        return early
    begun = next((found for request in candidates if (found := _begun(service, launch.ports[0], request)) is not None), None)
    service.signal(number)
    if begun is None:
        yield Skipped(what=f"{_IN_FLIGHT} when the service is told to end", reason="no request is known whose body the service waits for")
    complaint = _finished(service, launch.ports[0], *begun, grace=grace) if begun else None
    if candidates:
        # Also where none was in flight: whether an answer came before all of the request is a matter of moments, and must make no difference.
        yield Observation(probe=NAME, key=_IN_FLIGHT, value=complaint, kept=True)
    # The grace counts from here: what went before was our request's doing.
    ended = service.wait(grace)
    in_time = ended is not None
    if ended is None:
        ended = service.kill()
    name = signal.Signals(number).name if number in signal.valid_signals() else str(number)
    yield Observation(probe=NAME, key="ends in time", value=None if in_time else f"still running {grace:g} seconds after {name}", kept=True)
    yield Observation(probe=NAME, key="exit status", value=ended.status)
    return ended


def number_of(name: str) -> int:
    """The number of a stop signal as a configuration names it; SIGTERM for what is no signal, as the runner says better what is wrong with it."""
    if name.isdigit():
        return int(name)
    return getattr(signal, name if name.startswith("SIG") else f"SIG{name}", signal.SIGTERM)


def _begun(service: Service, port: int, request: HttpRequest) -> tuple[socket.socket, bytes] | None:
    """A connection on which the service waits for the rest of the request's body, and that rest; None when it answers without it."""
    lines = [f"{request.method} {request.target} HTTP/1.1", f"Host: localhost:{port}", f"Content-Length: {len(request.body)}", "Expect: 100-continue"]
    lines += [f"{name}: {value}" for name, value in request.headers if name.lower() not in ("host", "content-length", "expect", "connection")]
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8", "surrogateescape")
    half = max(1, len(request.body) // 2)
    try:
        stream = service.connect(port)
    except OSError:
        return None
    if _waits(stream, head, request.body[:half]):
        return stream, request.body[half:]
    stream.close()
    return None


def _waits(stream: socket.socket, head: bytes, half: bytes) -> bool:
    """Whether the service waits for more when it was sent these."""
    try:
        stream.settimeout(_CONTINUE)
        stream.sendall(head)
        if not _asks_for_body(stream):
            return False
        stream.sendall(half)
        stream.settimeout(_EARLY)
        stream.recv(1)  # some servers ask for a body that nobody then reads, and have answered now
    except TimeoutError:
        return True
    except OSError:
        pass
    return False


def _asks_for_body(stream: socket.socket) -> bool:
    """Whether it says so, and nothing more, or is silent, as servers are that know no `Expect`."""
    said = b""
    try:
        while b"\r\n\r\n" not in said and len(said) < 4096 and (piece := stream.recv(4096)):
            said += piece
    except TimeoutError:
        return not said
    return said.split(b" ")[1:2] == [b"100"] and said.endswith(b"\r\n\r\n") and said.count(b"\r\n\r\n") == 1


def _finished(service: Service, port: int, stream: socket.socket, rest: bytes, *, grace: float) -> str | None:
    """Send the rest once the service has begun to end; the complaint, if the answer is none."""
    with stream:
        _until_closing(service, port)
        # Long enough for a service to notice that it has to wait for a request, which some tell: else they might, or might not.
        service.wait(_NOTICED)
        stream.settimeout(grace)
        answer = http.client.HTTPResponse(stream)
        try:
            stream.sendall(rest)
            answer.begin()
            answer.read(1 << 20)
        except (OSError, http.client.HTTPException):
            return "a request that was being sent when the service was told to end got no answer"
        finally:
            answer.close()
    return None if answer.status < 500 else f"a request that was being sent when the service was told to end was answered {answer.status}"


def _until_closing(service: Service, port: int) -> None:
    """Wait until it takes no new connections, or has ended: only then is it sure that it got the signal."""
    end = time.monotonic() + _CLOSING
    while time.monotonic() < end:
        try:
            service.connect(port).close()
        except OSError:
            return
        if service.wait(0.05) is not None:
            return
