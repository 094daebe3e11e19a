"""The runner that needs nothing: the image's content in the embedded sandbox, without an engine and without root."""

import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from paredown import sandbox
from paredown.errors import NotStartedError, UserError, WorldError
from paredown.materialise import remove_folder, write_folder
from paredown.plan import Companion
from paredown.runners.companions import beside
from paredown.runners.interface import Ended, Launch, Runnable
from paredown.runners.kept_folders import KeptFolders
from paredown.sandbox import Bind, InnerNetwork, Running, Sandbox
from paredown.sandbox.arguments import HOST_NAME, resolved
from paredown.store import Store
from paredown.tree import Tree

_RESOLVER = Path("/etc/resolv.conf")
_CAPABILITIES = (  # those that Docker gives to root
    "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP",
    "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
)  # fmt: skip
_MOUNT_POINTS = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf")
_CANNOT_START, _NOT_THERE = 126, 127  # as shells and engines have it


class SandboxService:
    """A service in the sandbox."""

    def __init__(self, running: Running, launch: Launch) -> None:
        self._running = running
        self._launch = launch

    @property
    def port(self) -> int:
        """The one it is mainly expected on."""
        return self._launch.ports[0]

    def connect(self, port: int) -> socket.socket:
        return self._running.connect(port)

    def forward(self, host_port: int = 0) -> int:
        """Relay this machine's 127.0.0.1:`host_port` (0: any free one) to the service's main port; the host's port."""
        return self._running.forward(self.port, host_port)

    def execute(self, argv: tuple[str, ...], *, timeout: float) -> Ended:
        finished = sandbox.execute(
            self._running, argv, environment=dict(self._launch.environment), working_directory=self._launch.working_directory, timeout=timeout
        )
        return Ended(status=finished.status, stdout=finished.stdout, stderr=finished.stderr)

    def signal(self, number: int) -> None:
        self._running.signal(number)

    def output(self) -> tuple[bytes, bytes]:
        return self._running.output()

    def wait(self, timeout: float | None = None) -> Ended | None:
        try:
            status = self._running.wait(timeout)
        except NotStartedError as error:
            return _not_started(error)
        return None if status is None else self._ended(status)

    def stop(self, grace: float) -> Ended:
        self.signal(_number_of(self._launch.stop_signal))
        return self.wait(grace) or self.kill()

    def kill(self) -> Ended:
        self._running.kill()
        ended = self.wait(None)
        assert ended is not None  # noqa: S101 - nothing of it is left
        return ended

    def _ended(self, status: int) -> Ended:
        stdout, stderr = self._running.output()
        return Ended(status=status, stdout=stdout, stderr=stderr)


class SandboxMachine:
    """A private network, and the folders that programs in it may write."""

    def __init__(self, root: Path, folders: KeptFolders, network: InnerNetwork, hosts: bytes) -> None:
        self._root = root
        self._folders = folders
        self._network = network
        self._hosts = hosts

    @contextmanager
    def service(self, launch: Launch) -> Iterator[SandboxService]:
        _number_of(launch.stop_signal)
        with self._box(launch) as box, sandbox.start(box, launch.argv, inside=self._network) as running:
            yield SandboxService(running, launch)

    def run(self, launch: Launch, *, stdin: bytes = b"", timeout: float) -> Ended:
        with self._box(launch) as box:
            try:
                finished = sandbox.run(box, launch.argv, timeout=timeout, stdin=stdin, inside=self._network)
            except NotStartedError as error:
                return _not_started(error)
        return Ended(status=finished.status, stdout=finished.stdout, stderr=finished.stderr)

    @contextmanager
    def _box(self, launch: Launch) -> Iterator[Sandbox]:
        """What `launch` sees: for root everything can be written, to memory; for others only what modes and owners let them."""
        if not launch.argv:
            raise UserError("the image has no command to start", fix="set one: `command = [...]` in [tool.paredown]")
        files = [("/etc/hosts", self._hosts), ("/etc/hostname", f"{HOST_NAME}\n".encode())]
        binds = list(self._folders.binds(launch))
        if launch.network and _RESOLVER.exists():
            binds.append(Bind(_RESOLVER, "/etc/resolv.conf"))
        else:
            files.append(("/etc/resolv.conf", b""))
        with self._folders.temporary(launch) as (tmpfs, copies):
            yield Sandbox(
                root=self._root, environment=dict(launch.environment), working_directory=launch.working_directory, uid=launch.user, gid=launch.group,
                binds=(*binds, *copies), tmpfs=tmpfs, files=tuple(files), overlay=launch.user == 0 and not launch.read_only, network=launch.network,
                capabilities=_CAPABILITIES if launch.capabilities else (),
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SandboxInstalled:
    """An image's content in the folder `root`, which no machine changes; `place` is for what machines keep."""

    tree: Tree
    root: Path
    place: Path

    @contextmanager
    def machine(self, companions: tuple[Companion, ...] = ()) -> Iterator[SandboxMachine]:
        place = Path(tempfile.mkdtemp(dir=self.place))
        names = (HOST_NAME, *(companion.name for companion in companions))
        hosts = f"127.0.0.1 localhost\n::1 localhost\n127.0.0.1 {' '.join(names)}\n".encode()
        try:
            with sandbox.private_network() as network, beside(companions, network, hosts, place):
                yield SandboxMachine(self.root, KeptFolders(self.tree, self.root, place), network, hosts)
        finally:
            remove_folder(place)


@dataclass(frozen=True, slots=True)
class SandboxRunner:
    """Runs images as one's own user on the outside; their content is written below the scratch folder of `store`."""

    store: Store

    @property
    def name(self) -> str:
        return "sandbox"

    def unavailable(self) -> str | None:
        return sandbox.unavailable()

    @contextmanager
    def install(self, image: Runnable) -> Iterator[SandboxInstalled]:
        if reason := self.unavailable():
            raise WorldError(f"no sandbox can run here: {reason}", fix="load the image into an engine instead: `paredown build --load`")
        place = Path(tempfile.mkdtemp(dir=self.store.scratch))
        try:
            root = place / "root"
            write_folder(image.tree, root)
            _make_mount_points(root, image.config.working_directory)
            yield SandboxInstalled(image.tree, root, place)
        finally:
            remove_folder(place)


def _make_mount_points(root: Path, working_directory: str) -> None:
    """What an engine makes before the start when the image lacks it."""
    with suppress(OSError):
        for name in _MOUNT_POINTS:
            target = root / resolved(root, name)[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        if working_directory.strip("/"):
            (root / resolved(root, working_directory)[1:]).mkdir(parents=True, exist_ok=True)


def _not_started(error: NotStartedError) -> Ended:
    status = _NOT_THERE if error.what.endswith("No such file or directory") else _CANNOT_START
    return Ended(status=status, stdout=b"", stderr=f"{error.what}\n".encode())


def _number_of(name: str) -> int:
    if name.isdigit():
        return int(name)
    try:
        return signal.Signals[name if name.startswith("SIG") else f"SIG{name}"]
    except KeyError:
        raise UserError(f"{name} is not a signal", fix="name one, for instance SIGTERM or SIGINT") from None
