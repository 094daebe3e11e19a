"""An image in an engine, in a network that has only a loopback device: its services, its companions beside them, and the way in."""

import itertools
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from paredown.errors import UserError, WorldError
from paredown.oci.model import Pairs
from paredown.plan import Companion
from paredown.runners.client import Client
from paredown.runners.container import Container, created, not_started
from paredown.runners.container_arguments import companion as companion_words
from paredown.runners.container_arguments import launched, owner
from paredown.runners.interface import Ended, Launch
from paredown.runners.programs import end_marked
from paredown.runners.programs.watchdog import LABEL
from paredown.runners.wire import PROGRAM, Wire
from paredown.sandbox.arguments import HOST_NAME
from paredown.sandbox.output import Output

_PATIENCE = 60  # seconds until a companion takes a connection, or the relay answers
_MARK = "PAREDOWN_EXECUTION"
_ENGINES_OWN = (125, 126, 127, 255)  # what an engine's `exec` gives when there was nothing to run; the program may give it as well
_NOT_ENTERED = re.compile(rb"^(?:Error: |OCI runtime exec failed)")
_END_MARKED = Path(end_marked.__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An image that an engine has under the name `image`; `own` are its variables, `python` the path of its interpreter."""

    client: Client
    image: str
    own: Pairs
    python: str

    @property
    def isolated_python(self) -> tuple[str, ...]:
        """Its interpreter, whatever the image's variables and packages say."""
        return (self.python, "-I", "-S", "-c")


class EngineService:
    """A service in a container."""

    def __init__(self, installation: Installation, container: Container, wire: Wire, launch: Launch) -> None:
        self._installation = installation
        self._container = container
        self._wire = wire
        self._launch = launch
        self._executions = itertools.count(1)

    def connect(self, port: int) -> socket.socket:
        return self._wire.connect(port)

    def execute(self, argv: tuple[str, ...], *, timeout: float) -> Ended:
        mark = f"{_MARK}={next(self._executions)}"
        if self._container.wait(0) is not None:
            raise ConnectionAbortedError("the service has ended")
        client = self._installation.client
        running = client.attached("exec", "--env", mark, self._container.name, *argv)
        try:
            status = running.wait(timeout)
            stdout, stderr = running.output()
        finally:
            running.close()
        if status is None:
            client.call("exec", self._container.name, *self._installation.isolated_python, _END_MARKED.read_text("utf-8"), mark)
            raise late(argv[0], timeout, stderr, client)
        if status and self._container.wait(0) is not None:
            raise ConnectionAbortedError("the service has ended")
        said = (stdout + stderr)[:4096]
        if status in _ENGINES_OWN and _NOT_ENTERED.match(said) and (found := not_started(argv[0], said.decode("utf-8", "replace"))):
            return found
        return Ended(status=status, stdout=stdout, stderr=stderr)

    def signal(self, number: int) -> None:
        self._container.signal(number)

    def output(self) -> tuple[bytes, bytes]:
        return self._container.output()

    def wait(self, timeout: float | None) -> Ended | None:
        return self._container.wait(timeout)

    def stop(self, grace: float) -> Ended:
        self._container.signal(number_of(self._launch.stop_signal))
        return self._container.wait(grace) or self._container.kill()

    def kill(self) -> Ended:
        return self._container.kill()


class EngineMachine:
    """A private network and the volumes of the writable folders."""

    def __init__(self, installation: Installation, companions: tuple[Companion, ...], stack: ExitStack) -> None:
        self._installation = installation
        self._companions = companions
        self._stack = stack
        self._volumes: dict[str, str] = {}
        self._networks: dict[bool, tuple[str, Wire]] = {}
        self._lock = threading.Lock()

    def begin(self) -> None:
        """The network, and the companions in it, up and answering."""
        _, wire = self._network(beyond=False)
        with ExitStack() as starting:
            waiting = [(found, self._start_companion(found, starting)) for found in self._companions]
            for found, container in waiting:
                _await(found, container, wire)
            self._stack.enter_context(starting.pop_all())

    @contextmanager
    def service(self, launch: Launch) -> Iterator[EngineService]:
        number_of(launch.stop_signal)
        with self._created(launch, "service") as (container, wire):
            container.start()
            container.await_start()
            yield EngineService(self._installation, container, wire, launch)

    def run(self, launch: Launch, *, stdin: bytes = b"", timeout: float) -> Ended:
        with self._created(launch, "run", stdin=True) as (container, _):
            container.start(stdin)
            ended = container.wait(timeout)
            if ended is None:
                raise late(launch.argv[0], timeout, container.output()[1], self._installation.client)
            return ended

    @contextmanager
    def _created(self, launch: Launch, kind: str, *, stdin: bool = False) -> Iterator[tuple[Container, Wire]]:
        if not launch.argv:
            raise UserError("the image has no command to start", fix="set one: `command = [...]` in [tool.paredown]")
        owned, wire = self._network(beyond=launch.network)
        found = self._installation
        volumes = {folder: self._volume(folder) for folder in launch.writable}
        words = launched(launch, found.image, found.own, f"container:{owned}", volumes, found.client.dialect, stdin=stdin)
        with created(found.client, words, kind, launch.argv[0], self._hosts()) as container:
            yield container, wire

    def _network(self, *, beyond: bool) -> tuple[str, Wire]:
        """The name of the container that owns the network, and the way into it."""
        with self._lock:
            if beyond not in self._networks:
                self._networks[beyond] = self._stack.enter_context(_owned(self._installation, self._companions, beyond=beyond))
            return self._networks[beyond]

    def _volume(self, folder: str) -> str:
        with self._lock:
            if folder not in self._volumes:
                client = self._installation.client
                name = client.new_name("volume")
                # It is removed after the containers that have it, which end before the machine does.
                self._stack.callback(client.call, "volume", "rm", "--force", name)
                client.demand("volume", "create", "--label", f"{LABEL}={client.run}", name)
                self._volumes[folder] = name
            return self._volumes[folder]

    def _hosts(self) -> bytes:
        if not self._installation.client.dialect.own_hosts:
            return b""
        names = (HOST_NAME, *(found.name for found in self._companions))
        return f"127.0.0.1 localhost\n::1 localhost\n127.0.0.1 {' '.join(names)}\n".encode()

    def _start_companion(self, found: Companion, stack: ExitStack) -> Container:
        client = self._installation.client
        owned, _ = self._network(beyond=False)
        words = companion_words(found, f"container:{owned}", client.dialect)
        container = stack.enter_context(created(client, words, "companion", found.name, self._hosts()))
        container.start()
        return container


def number_of(name: str) -> int:
    """The number of a signal by name or number; UserError when there is no such signal."""
    if name.isdigit():
        return int(name)
    try:
        return signal.Signals[name if name.startswith("SIG") else f"SIG{name}"]
    except KeyError:
        raise UserError(f"{name} is not a signal", fix="name one, for instance SIGTERM or SIGINT") from None


def late(program: str, timeout: float, said: bytes, client: Client) -> WorldError:
    """The error that a program did not end in time, and what it said last."""
    end = said.decode("utf-8", "replace").strip()[-2000:]
    return WorldError(f"{program} did not end within {timeout:g} seconds in {client.engine.name}" + (f"; it said last:\n{end}" if end else ""))


@contextmanager
def _owned(installation: Installation, companions: tuple[Companion, ...], *, beyond: bool) -> Iterator[tuple[str, Wire]]:
    """A container that owns a network, with the relay as its program; with `beyond` it is the engine's usual one."""
    client = installation.client
    network = () if beyond else ("--network", "none")
    words = owner(installation.image, (*installation.isolated_python, PROGRAM.read_text("utf-8")), companions, network=network)
    with created(client, words, "network", "relay") as container:
        process = subprocess.Popen(
            [client.engine.program, *client.dialect.attach, "--interactive", container.name], env=dict(client.environment),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None  # noqa: S101 - Popen was asked for pipes
        assert process.stdout is not None  # noqa: S101
        assert process.stderr is not None  # noqa: S101
        said = Output(process.stderr, "relay")
        wire = Wire(process.stdout.fileno(), process.stdin.fileno())
        try:
            if not wire.is_up(_PATIENCE):
                end = said.finish(1).decode("utf-8", "replace").strip().splitlines()
                raise WorldError(
                    f"the image's own {installation.python} does not start in {client.engine.name}: {end[-1] if end else 'it says nothing'}",
                    fix="see whether the image runs at all, or verify in the sandbox",
                )
            yield container.name, wire
        finally:
            wire.close()
            process.kill()
            process.wait()
            for closed in (said, process.stdin, process.stdout):
                closed.close()


def _await(found: Companion, container: Container, wire: Wire) -> None:
    """Return once the companion takes a connection; WorldError with what it said when it does not."""
    last = time.monotonic() + _PATIENCE
    while found.ports:
        with suppress(OSError), wire.connect(found.ports[0]):
            return
        ended = container.wait(0.1)
        if ended is not None or time.monotonic() > last:
            why = f"ended with status {ended.status}" if ended else f"takes no connection on port {found.ports[0]} after {_PATIENCE} s"
            said = b"\n".join(container.output()).decode("utf-8", "replace").strip()[-2000:]
            raise WorldError(f"the companion {found.name} ({found.image}) {why}" + (f"; it said last:\n{said}" if said else ""), where=found.origin)


def check_ports(companions: tuple[Companion, ...]) -> Mapping[int, str]:
    """Whose each port is; UserError when two companions want one."""
    owners: dict[int, str] = {}
    for found in companions:
        for port in found.ports:
            if owners.setdefault(port, found.name) != found.name:
                raise UserError(
                    f"the companions {owners[port]} and {found.name} both take port {port}, and all share one network address",
                    where=found.origin, fix="have one of them listen on another port",
                )  # fmt: skip
    return owners
