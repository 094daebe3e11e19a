"""What a sandbox is to look like from within: its root, user, environment and what is laid over the root."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bind:
    """The host's file or folder `source`, seen at the absolute path `target`; read-only unless `writable`."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A root folder and what a program started on it sees.

    The root is read-only; with `overlay` the program can write anywhere, to memory, and nothing of it is kept. `uid` and `gid` are those inside,
    where the caller's files belong to them; `capabilities` are those of uid 0 (others have none), and only over the sandbox. The environment is
    exactly `environment` (bubblewrap adds PWD). `tmpfs` are empty writable folders (/dev/shm always is one), `files` small read-only files
    (absolute path -> bytes). Without `network` there is a loopback device and nothing else.
    """

    root: Path
    environment: dict[str, str]
    working_directory: str = "/"
    uid: int = 0
    gid: int = 0
    binds: tuple[Bind, ...] = ()
    tmpfs: tuple[str, ...] = ("/tmp",)  # noqa: S108 - a path inside
    files: tuple[tuple[str, bytes], ...] = ()
    overlay: bool = False
    capabilities: tuple[str, ...] = ("ALL",)
    network: bool = False
