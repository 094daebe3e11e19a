"""This machine's end of a relay: connections to ports inside a container, as sockets."""

import errno
import os
import socket
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from pathlib import Path

from paredown.runners.programs import relay

PROGRAM = Path(relay.__file__)  # what runs at the other end


class Wire:
    """Connections through the file descriptors `source` and `sink`, at whose other ends the program runs. Any thread may connect."""

    def __init__(self, source: int, sink: int) -> None:
        self._relay = relay.Relay(source, sink, dials=False)
        self._up: Future[int] = Future()
        self._relay.expect(self._up.set_result)
        self._thread = threading.Thread(target=self._relay.serve, name="relay", daemon=True)
        self._thread.start()

    def is_up(self, timeout: float) -> bool:
        """Whether the other end answers; waits up to `timeout` seconds for it."""
        try:
            return self._up.result(timeout) == 0
        except NotInTime:
            return False

    def connect(self, port: int, *, timeout: float = 5) -> socket.socket:
        """A stream connected to 127.0.0.1:`port` at the other end; OSError as any connect."""
        ours, theirs = socket.socketpair()
        told: Future[int] = Future()
        self._relay.ask(port, theirs, told.set_result)
        try:
            found = told.result(timeout)
        except NotInTime:
            found = errno.ETIMEDOUT
        except BaseException:
            ours.close()
            raise
        if found:
            ours.close()
            raise OSError(found, f"{os.strerror(found)}: port {port}")
        return ours

    def close(self) -> None:
        """End every connection."""
        self._relay.stop()
        self._thread.join(timeout=10)
