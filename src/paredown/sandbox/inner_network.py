"""Connections into a sandbox's own network: made by a small child that lives in it, and relayed to the host's loopback device on request."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from paredown.errors import WorldError

# Isolated, and without site: nothing of the user's Python set-up runs here, and it starts in some 15 ms.
INSIDER = (sys.executable, "-I", "-S", str(Path(__file__).with_name("programs") / "insider.py"))
_FIX = "allow unprivileged user namespaces (`sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0`)"
_PIECE = 1 << 16


class InnerNetwork:
    """The loopback device inside the sandbox of process `pid` (a host's process id), or one of its own, which sandboxes can be started in."""

    def __init__(self, pid: int | None = None) -> None:
        self._pid = pid
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._relays: list[Relay] = []
        self.namespaces: tuple[int, ...] = ()

    def connect(self, port: int) -> socket.socket:
        """A socket connected to 127.0.0.1:`port` inside. ConnectionRefusedError and the like as ever; WorldError when the network cannot be entered."""
        with self._lock:
            channel = self._channel or self._enter()
            try:
                channel.send(str(port).encode())
                answer, handles, _, _ = socket.recv_fds(channel, 64, 1)
            except OSError as error:
                raise ConnectionAbortedError("the sandbox has ended") from error
        if handles:
            return socket.socket(fileno=handles[0])
        if not answer:
            raise ConnectionAbortedError("the sandbox has ended")
        raise OSError(int(answer), f"{os.strerror(int(answer))} (port {port} in the sandbox)")

    def begin(self) -> None:
        """Enter the network, or make it; WorldError when that is not allowed here."""
        with self._lock:
            self._enter()

    def _enter(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            words = [*INSIDER, "network", "new" if self._pid is None else str(self._pid)]
            self._child = subprocess.Popen(words, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={}, start_new_session=True)
        try:
            answer, handles, _, _ = socket.recv_fds(ours, 1024, 2)
        except OSError:
            answer, handles = b"", []
        self.namespaces = tuple(handles)
        if answer != b"ready":
            ours.close()
            self._child.wait()
            self._child = None
            if self._pid is None:
                raise WorldError(f"no private network can be made here: {answer.decode('utf-8', 'replace')}", fix=_FIX)
            if answer in (b"gone", b""):
                raise ConnectionAbortedError("the sandbox has ended")
            raise WorldError(f"the network of the sandbox cannot be entered: {answer.decode('utf-8', 'replace')}")
        self._channel = ours
        return ours

    def forward(self, port: int, host_port: int) -> int:
        """Relay the host's 127.0.0.1:`host_port` (0: any free one) to `port` inside, until closed; the host's port."""
        relay = Relay(self, port, host_port)
        self._relays.append(relay)
        return relay.host_port

    def close(self) -> None:
        for relay in self._relays:
            relay.close()
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None
        for handle in self.namespaces:
            os.close(handle)
        self.namespaces = ()


@contextmanager
def private_network() -> Iterator[InnerNetwork]:
    """A new network that lives as long as the context, with nothing in it but a loopback device."""
    network = InnerNetwork()
    try:
        network.begin()
        yield network
    finally:
        network.close()


class Relay:
    """Listens on the host's loopback device and passes every connection on to a port inside a sandbox."""

    def __init__(self, network: InnerNetwork, port: int, host_port: int) -> None:
        self._network = network
        self._port = port
        try:
            self._listener = socket.create_server(("127.0.0.1", host_port))
        except OSError as error:
            raise WorldError(
                f"port {host_port} of this machine cannot be listened on: {error.strerror}", fix="choose another one, or 0 for any free one"
            ) from error
        self.host_port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name=f"relay-{self.host_port}", daemon=True).start()

    def close(self) -> None:
        # Shutting down wakes the thread that waits in accept; closing alone would not.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                outer, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(outer,), daemon=True).start()

    def _serve(self, outer: socket.socket) -> None:
        with outer, suppress(OSError, WorldError), self._network.connect(self._port) as inner:
            back = threading.Thread(target=_pass_on, args=(inner, outer), daemon=True)
            back.start()
            _pass_on(outer, inner)
            back.join()


def _pass_on(source: socket.socket, destination: socket.socket) -> None:
    try:
        while piece := source.recv(_PIECE):
            destination.sendall(piece)
    except OSError:
        # One side broke off: so does the other.
        with suppress(OSError):
            source.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        destination.shutdown(socket.SHUT_WR)
