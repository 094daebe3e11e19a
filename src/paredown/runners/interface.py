"""The contract of a runner: it starts what is in an image and lets one talk to it, whatever runs it."""

import socket
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from paredown.oci.model import ImageConfig
from paredown.plan import Companion
from paredown.tree import Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How a program of an image is started. `argv[0]` is looked up in the PATH of `environment`, which is all of the program's environment.

    `writable` are absolute paths of folders that the machine keeps from one start to the next, with what the image has there at first; with a
    `read_only` root nothing else can be written but /tmp and /dev/shm. Without `capabilities` there are none, not even for root.
    `network` reaches beyond the private network. `ports` are those the service is expected on, the main one first.
    """

    argv: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    user: int = 0
    group: int = 0
    working_directory: str = "/"
    ports: tuple[int, ...] = (8000,)
    writable: tuple[str, ...] = ()
    read_only: bool = False
    capabilities: bool = True
    network: bool = False
    stop_signal: str = "SIGTERM"  # a name with or without SIG, or a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a program ended: its exit status (128 + the signal's number when killed), and what it wrote (a flood's middle is left out)."""

    status: int
    stdout: bytes
    stderr: bytes


class Service(Protocol):
    """A service that was started as process 1. Times are seconds."""

    def connect(self, port: int) -> socket.socket:
        """A stream connected to 127.0.0.1:`port` inside; OSError as any connect."""

    def execute(self, argv: tuple[str, ...], *, timeout: float) -> Ended:
        """A program beside the service, in the same namespaces, user, environment and working folder; WorldError when it does not end in time."""

    def signal(self, number: int) -> None:
        """Send a signal to process 1: what it has no handler for is ignored, but for SIGKILL."""

    def output(self) -> tuple[bytes, bytes]:
        """Standard output and standard error so far."""

    def wait(self, timeout: float | None) -> Ended | None:
        """How it ended, or None when it still runs after `timeout` seconds."""

    def stop(self, grace: float) -> Ended:
        """End it: the stop signal, and SIGKILL after `grace` seconds."""

    def kill(self) -> Ended:
        """SIGKILL to all of it."""


class Machine(Protocol):
    """An image in a private network of its own, with its companions beside it. Its writable folders live as long as the machine does."""

    def service(self, launch: Launch) -> AbstractContextManager[Service]:
        """A service running; whatever happens, no process of it is left when the context ends. One at a time."""

    def run(self, launch: Launch, *, stdin: bytes = b"", timeout: float) -> Ended:
        """A program run to its end in a fresh container; WorldError when it does not end in time. May run beside a service."""


class Installed(Protocol):
    """An image ready to be started any number of times."""

    def machine(self, companions: tuple[Companion, ...] = ()) -> AbstractContextManager[Machine]:
        """A new machine, its companions up and answering; nothing of it is left when the context ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runnable:
    """An image to run: its configuration and tree, and the file or folder that holds it, where there is one."""

    config: ImageConfig
    tree: Tree
    path: Path | None = None


class Runner(Protocol):
    """Something that runs images."""

    @property
    def name(self) -> str:
        """sandbox, docker or podman."""

    def unavailable(self) -> str | None:
        """Why it cannot run anything here, in one sentence; None when it can."""

    def install(self, image: Runnable) -> AbstractContextManager[Installed]:
        """Make `image` ready; what that needs is gone when the context ends."""
