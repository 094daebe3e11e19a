"""The runner that needs nothing: the image's root folder in the embedded sandbox, without an engine and without root."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from paredown import sandbox
from paredown.errors import UserError, WorldError
from paredown.runners.interface import Answer, Ended, Launch
from paredown.sandbox import Bind, Running, Sandbox

_HOSTS = b"127.0.0.1 localhost\n::1 localhost\n"
_RESOLVER = Path("/etc/resolv.conf")


@dataclass(frozen=True, slots=True)
class SandboxService:
    """A service in the sandbox."""

    running: Running
    port: int
    stop_signal: int

    def wait_until_answers(self, path: str, timeout: float) -> Answer | None:
        """The first answer, or None: then `stop` tells what it said."""
        found = sandbox.wait_until_answers(self.running, self.port, path, timeout=timeout)
        return None if found is None else Answer(found.status, found.body)

    def get(self, path: str, timeout: float = 10) -> Answer:
        """GET `path`; OSError when there is no answer."""
        found = sandbox.get(self.running, self.port, path, timeout=timeout)
        return Answer(found.status, found.body)

    def forward(self, host_port: int = 0) -> int:
        """Relay this machine's 127.0.0.1:`host_port` to the service; the port."""
        return self.running.forward(self.port, host_port)

    def wait(self, timeout: float | None = None) -> Ended | None:
        """How it ended, or None when it still runs."""
        status = self.running.wait(timeout)
        return None if status is None else self._ended(status)

    def stop(self, grace: float = 10) -> Ended:
        """The stop signal, then SIGKILL."""
        return self._ended(self.running.stop(grace=grace, number=self.stop_signal))

    def _ended(self, status: int) -> Ended:
        stdout, stderr = self.running.output()
        return Ended(status=status, stdout=stdout, stderr=stderr)


@dataclass(frozen=True, slots=True)
class SandboxRunner:
    """Runs an image that was written to the folder `root`, as one's own user on the outside. `stop_signal` is a name or number."""

    root: Path
    stop_signal: str = "SIGTERM"

    @contextmanager
    def start_service(self, launch: Launch) -> Iterator[SandboxService]:
        """The service of `launch`; WorldError where no sandbox can run."""
        if not launch.argv:
            raise UserError("the image has no command to start", fix="set one: `command = [...]` in [tool.paredown]")
        if reason := sandbox.unavailable():
            raise WorldError(f"no sandbox can run here: {reason}", fix="load the image into an engine instead: `paredown build --load`")
        box = Sandbox(
            root=self.root, environment=dict(launch.environment), working_directory=launch.working_directory, uid=launch.user, gid=launch.group,
            tmpfs=launch.writable if launch.read_only else ("/tmp",), overlay=not launch.read_only, network=launch.network,  # noqa: S108
            files=(("/etc/hosts", _HOSTS),), binds=(Bind(_RESOLVER, "/etc/resolv.conf"),) if launch.network and _RESOLVER.exists() else (),
        )  # fmt: skip
        with sandbox.start(box, launch.argv) as running:
            yield SandboxService(running, launch.port, _number_of(self.stop_signal))


def _number_of(name: str) -> int:
    if name.isdigit():
        return int(name)
    try:
        return signal.Signals[name if name.startswith("SIG") else f"SIG{name}"]
    except KeyError:
        raise UserError(f"{name} is not a signal", fix="name one, for instance SIGTERM or SIGINT") from None
