"""The contract of a runner: it starts an image's service and lets one talk to it, whatever runs it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from paredown.oci.model import ImageConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How a service is started: as an image's configuration says. `writable` are absolute paths, memory in a root that is otherwise `read_only`."""

    argv: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    user: int = 0
    group: int = 0
    working_directory: str = "/"
    port: int = 8000
    writable: tuple[str, ...] = ("/tmp",)  # noqa: S108 - a path in the image
    read_only: bool = False
    network: bool = False  # reach beyond its own loopback device


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a service ended: its exit status (128 + the signal's number when killed), and what it wrote."""

    status: int
    stdout: bytes
    stderr: bytes


class Service(Protocol):
    """A service that was started. Paths are URL paths, times seconds."""

    def wait_until_answers(self, path: str, timeout: float) -> Answer | None:
        """The first answer, whatever its status; None when there was none in time or the service ended."""

    def get(self, path: str, timeout: float) -> Answer:
        """GET `path`; OSError when there is no answer."""

    def forward(self, host_port: int) -> int:
        """Let this machine's 127.0.0.1:`host_port` (0: any free one) lead to the service; the port."""

    def wait(self, timeout: float | None) -> Ended | None:
        """How it ended, or None when it still runs after `timeout` seconds."""

    def stop(self, grace: float) -> Ended:
        """End it: the stop signal, and SIGKILL after `grace` seconds."""


class Runner(Protocol):
    """Something that runs images."""

    def start_service(self, launch: Launch) -> AbstractContextManager[Service]:
        """The service running; whatever happens, nothing of it is left when the context ends."""


def launch_of(config: ImageConfig, *, writable: tuple[str, ...] = (), read_only: bool = False) -> Launch:
    """How an engine would start an image with this configuration. A user that is not a number counts as root."""
    user, _, group = config.user.partition(":")
    ports = [int(port.partition("/")[0]) for port in config.ports]
    return Launch(
        argv=(*config.entrypoint, *config.command),
        environment=config.environment,
        user=int(user) if user.isdigit() else 0,
        group=int(group) if group.isdigit() else 0,
        working_directory=config.working_directory or "/",
        port=min(ports, default=8000),
        writable=("/tmp", *writable),  # noqa: S108
        read_only=read_only,
    )
