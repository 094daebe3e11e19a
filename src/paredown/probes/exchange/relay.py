"""A port of this machine's loopback that leads to a service which only its runner can reach."""

import socket
import threading
from types import TracebackType
from typing import Self

from paredown.runners.interface import Service

_PIECE = 64 * 1024
_MOST_CONNECTIONS = 256


class Relay:
    """Passes connections to 127.0.0.1:`port` on to `inner_port` of the service while the context lasts; then all of them are closed."""

    def __init__(self, service: Service, inner_port: int) -> None:
        self._service, self._inner_port = service, inner_port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=_MOST_CONNECTIONS)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closed = False
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        """`http://127.0.0.1:<port>`, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._run(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._closed = True
            streams = list(self._open)
        # Shutting down wakes who waits in accept or recv; closing alone does not.
        for stream in (self._listener, *streams):
            _shut(stream, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                outer, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                refused = self._closed or len(self._open) >= 2 * _MOST_CONNECTIONS
                if not refused:
                    self._open.add(outer)
            if refused:
                outer.close()
            else:
                self._threads = [thread for thread in self._threads if thread.is_alive()]
                self._run(self._serve, outer)

    def _serve(self, outer: socket.socket) -> None:
        """One connection, both ways, until both ends are done. What the service refuses is reset, as it would be without a relay."""
        inner: socket.socket | None = None
        try:
            inner = self._service.connect(self._inner_port)
            inner.settimeout(None)
            with self._lock:
                self._open.add(inner)
                if self._closed:
                    return
            back = threading.Thread(target=_pour, args=(inner, outer), daemon=True)
            back.start()
            _pour(outer, inner)
            back.join()
        except OSError:
            outer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        finally:
            with self._lock:
                self._open -= {outer, inner}
            outer.close()
            if inner is not None:
                inner.close()

    def _run(self, target: object, *arguments: socket.socket) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    """All that comes from `source`, and then its end; a broken one ends both."""
    try:
        while data := source.recv(_PIECE):
            sink.sendall(data)
        _shut(sink, socket.SHUT_WR)
    except OSError:
        _shut(source, socket.SHUT_RDWR)
        _shut(sink, socket.SHUT_RDWR)


def _shut(stream: socket.socket, how: int) -> None:
    try:
        stream.shutdown(how)
    except OSError:
        return  # it is closed already
