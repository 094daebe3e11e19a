"""Starting programs in a sandbox, waiting for them, and leaving nothing of them behind."""

import json
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from paredown.errors import WorldError
from paredown.sandbox import bubblewrap
from paredown.sandbox.arguments import arguments
from paredown.sandbox.description import Sandbox
from paredown.sandbox.inner_network import INSIDER, InnerNetwork
from paredown.sandbox.output import Output
from paredown.sandbox.seccomp import no_hypervisor_sockets

_TERMINATE = signal.SIGTERM


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a program ended: its exit status (128 + the signal's number when killed), and what it wrote (a flood's middle is left out)."""

    status: int
    stdout: bytes
    stderr: bytes


class Running:
    """A program running in a sandbox. `pid` is the host's id of process 1 inside; `stdout` and `stderr` are files that grow."""

    def __init__(self, bwrap: subprocess.Popen[bytes], status: int, program: str, *, network: bool, inside: InnerNetwork | None) -> None:
        assert bwrap.stdout is not None  # noqa: S101 - Popen was asked for pipes
        assert bwrap.stderr is not None  # noqa: S101
        self._bwrap = bwrap
        self._program = program
        self._status = status
        self._said = b""
        self._shares_network = network
        self._result: int | None = None
        self._out = Output(bwrap.stdout, "stdout")
        self._err = Output(bwrap.stderr, "stderr")
        self._end = os.pidfd_open(bwrap.pid)
        self._inner = -1
        self._network = inside
        self._own_network: InnerNetwork | None = None
        self.pid = 0

    @property
    def process(self) -> int:
        """A pidfd of process 1 inside, or -1 when it ended at once."""
        return self._inner

    @property
    def stdout(self) -> Path:
        return self._out.path

    @property
    def stderr(self) -> Path:
        return self._err.path

    def begin(self) -> None:
        """Learn the program's process id; WorldError when the sandbox was not even begun."""
        while b"\n" not in self._said:
            piece = os.read(self._status, 4096)
            if not piece:
                self._bwrap.wait()
                raise bubblewrap.failure(self._err.finish().decode("utf-8", "replace"), self._program)
            self._said += piece
        self.pid = int(json.loads(self._said.split(b"\n")[0])["child-pid"])
        if self._network is None:
            self._network = self._own_network = InnerNetwork(self.pid)
        with suppress(ProcessLookupError):
            self._inner = os.pidfd_open(self.pid)

    def connect(self, port: int) -> socket.socket:
        """A socket connected to 127.0.0.1:`port` as seen inside; OSError as any connect."""
        if self._shares_network or self._network is None:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        return self._network.connect(port)

    def forward(self, port: int, host_port: int = 0) -> int:
        """Relay the host's 127.0.0.1:`host_port` (0: any free one) to `port` inside until the program ends; the host's port."""
        if self._network is None:
            raise WorldError(f"{self._program} has ended")
        return self._network.forward(port, host_port)

    def signal(self, number: int) -> None:
        """Send a signal to process 1 inside: as in a container, what it has no handler for is ignored, but for SIGKILL."""
        with suppress(ProcessLookupError):
            if self._inner >= 0:
                signal.pidfd_send_signal(self._inner, number)

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit status, or None when it still runs after `timeout` seconds. WorldError when the program was never reached."""
        if self._result is not None:
            return self._result
        poll = select.poll()
        poll.register(self._end, select.POLLIN)
        if not poll.poll(None if timeout is None else max(0, timeout) * 1000):
            return None
        status = self._bwrap.wait()
        os.set_blocking(self._status, False)
        with suppress(BlockingIOError):
            while piece := os.read(self._status, 4096):
                self._said += piece
        # bubblewrap tells an exit status only once the program itself was started.
        if b'"exit-code"' not in self._said and status >= 0:
            raise bubblewrap.failure(self._err.finish().decode("utf-8", "replace"), self._program)
        self._result = status if status >= 0 else 128 - status
        return self._result

    def stop(self, *, grace: float, number: int = _TERMINATE) -> int:
        """The signal, and SIGKILL after `grace` seconds; the exit status."""
        self.signal(number)
        status = self.wait(grace)
        if status is None:
            self.kill()
            status = self.wait()
        return 128 + signal.SIGKILL if status is None else status

    def kill(self) -> None:
        """End everything inside at once; returns when nothing of it is left."""
        # With process 1 the kernel ends all others in its namespace, and waits for them, before bubblewrap sees it end.
        self.signal(signal.SIGKILL)
        try:
            self._bwrap.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._bwrap.kill()
            self._bwrap.wait()

    def output(self) -> tuple[bytes, bytes]:
        """Standard output and error: all once it has ended, else what there is so far."""
        if self._bwrap.poll() is None:
            return self._out.read(), self._err.read()
        return self._out.finish(), self._err.finish()

    def close(self) -> None:
        self.kill()
        if self._own_network is not None:
            self._own_network.close()
        self._out.close()
        self._err.close()
        for handle in (self._inner, self._end):
            if handle >= 0:
                os.close(handle)


@contextmanager
def start(sandbox: Sandbox, argv: Sequence[str], *, inside: InnerNetwork | None = None) -> Iterator[Running]:
    """`argv` running as process 1 of a new sandbox, as in a container; ended when the context ends, and by the kernel when the calling thread does.

    It has the network `inside`, else one of its own. Raises WorldError when no sandbox can be made; when `argv[0]` is not there, `wait` does.
    """
    with _launched(sandbox, argv, ("--as-pid-1",), b"", inside) as running:
        yield running


def run(sandbox: Sandbox, argv: Sequence[str], *, timeout: float, stdin: bytes = b"", inside: InnerNetwork | None = None) -> Finished:
    """Run `argv` (with an init above it) to its end; whatever it left running is ended too. WorldError after `timeout` seconds, or when it cannot start."""
    begun = time.monotonic()
    with _launched(sandbox, argv, (), stdin, inside) as running:
        status = running.wait(timeout - (time.monotonic() - begun))
        if status is None:
            running.kill()
            raise late(argv[0], timeout, running.output()[1])
        stdout, stderr = running.output()
    return Finished(status=status, stdout=stdout, stderr=stderr)


def late(program: str, timeout: float, said: bytes) -> WorldError:
    """The error for a program that did not end in time."""
    end = said.decode("utf-8", "replace").strip()[-2000:]
    return WorldError(f"{program} did not end within {timeout:g} seconds in the sandbox" + (f"; it said last:\n{end}" if end else ""))


@contextmanager
def _launched(sandbox: Sandbox, argv: Sequence[str], more: tuple[str, ...], stdin: bytes, inside: InnerNetwork | None) -> Iterator[Running]:
    bwrap = bubblewrap.required()
    inside = None if sandbox.network else inside
    with ExitStack() as ours, ExitStack() as theirs:
        handles = tuple(in_memory(content, theirs) for _, content in sandbox.files)
        status, status_end = os.pipe2(os.O_CLOEXEC)
        ours.callback(os.close, status)
        theirs.callback(os.close, status_end)
        words = [*arguments(sandbox, handles, own_network=inside is None and not sandbox.network), *more, "--json-status-fd", str(status_end)]
        if not sandbox.network and (filtering := no_hypervisor_sockets()):
            handles = (*handles, in_memory(filtering, theirs))
            words += ["--seccomp", str(handles[-1])]
        # By a file and not by the command line: every user of the machine can read that, and the environment may hold a secret.
        options = in_memory(b"".join(os.fsencode(word) + b"\0" for word in words), theirs)
        namespaces = () if inside is None else inside.namespaces
        entering = [*INSIDER, "start", str(os.getpid()), *map(str, namespaces)] if inside is not None else []
        process = subprocess.Popen(
            [*entering, bwrap, "--args", str(options), "--", *argv], stdin=in_memory(stdin, theirs) if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={}, pass_fds=(options, status_end, *handles, *namespaces), start_new_session=True,
            umask=0o022,  # as engines have it, whatever the user's own is
        )  # fmt: skip
        running = Running(process, status, argv[0], network=sandbox.network, inside=inside)
        ours.callback(running.close)
        theirs.close()
        running.begin()
        yield running


def in_memory(content: bytes, stack: ExitStack) -> int:
    """An open file that holds `content`, until `stack` is closed."""
    handle = os.memfd_create("paredown", os.MFD_CLOEXEC)
    stack.callback(os.close, handle)
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]
    os.lseek(handle, 0, os.SEEK_SET)
    return handle
