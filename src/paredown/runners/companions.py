"""Services that an image's service talks to, run from this machine's own programs in the image's private network."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from paredown import sandbox
from paredown.errors import NotStartedError, UserError, WorldError
from paredown.plan import Companion
from paredown.sandbox import Bind, InnerNetwork, Running, Sandbox
from paredown.sandbox.arguments import resolved

_PATIENCE = 30.0  # seconds until the first port takes a connection
_LAST_WORDS = 2000
_HERE = Path("/")
_HIDDEN = ("/tmp", "/run")  # noqa: S108 - memory instead: sockets of this machine's own services are no part of a private network
_HOME = "/tmp/home"  # noqa: S108 - a path inside
_ACCOUNT = 10001  # not root: databases refuse to be root's
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@contextmanager
def beside(companions: tuple[Companion, ...], network: InnerNetwork, hosts: bytes, place: Path) -> Iterator[None]:
    """All of `companions` up, in their order, and in `network`; `place` is a folder for what they write.

    UserError for one that only an engine can run, WorldError for one that does not come up.
    """
    for companion in companions:
        if companion.image:
            raise UserError(
                f"the companion {companion.name} is the image {companion.image}, which needs Docker or Podman",
                where=companion.origin,
                fix="choose one of them as the runner, or start it by a `command` of this machine",
            )
    with ExitStack() as stack:
        for companion in companions:
            home = Path(tempfile.mkdtemp(dir=place))
            running = stack.enter_context(sandbox.start(_box(companion, home, hosts), _words(companion), inside=network))
            _await(companion, running)
        yield


def _words(companion: Companion) -> tuple[str, ...]:
    """The command; files of the project are named in full, as it starts in a folder of its own. A bare program is one on the PATH."""
    project = Path(companion.project)
    bare = "/" not in companion.command[0]
    return tuple(
        str(project / word) if companion.project and word and not (bare and place == 0) and (project / word).is_file() else word
        for place, word in enumerate(companion.command)
    )


def _box(companion: Companion, home: Path, hosts: bytes) -> Sandbox:
    """This machine's own root, read-only, as an ordinary user with a home to work in."""
    account = f"companion:x:{_ACCOUNT}:{_ACCOUNT}:companion:{_HOME}:/bin/sh\n".encode()
    wanted = (("/etc/passwd", account + _own("/etc/passwd")), ("/etc/hosts", hosts), ("/etc/resolv.conf", b""))
    project = Path(companion.project)
    binds = (Bind(project, str(project)),) if companion.project and any(project.is_relative_to(place) for place in _HIDDEN) and project.is_dir() else ()
    defaults = {"PATH": _PATH, "HOME": _HOME, "USER": "companion", "LANG": "C.UTF-8"}
    return Sandbox(
        root=_HERE, environment={**defaults, **dict(companion.environment)}, working_directory=_HOME, uid=_ACCOUNT, gid=_ACCOUNT,
        binds=(*binds, Bind(home, _HOME, writable=True)), tmpfs=_HIDDEN,
        files=tuple((name, content) for name, content in wanted if Path(resolved(_HERE, name)).is_file()),
    )  # fmt: skip


def _own(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError:
        return b""


def _await(companion: Companion, running: Running) -> None:
    """Wait until the first port takes a connection; one without ports is up at once."""
    end = time.monotonic() + _PATIENCE
    pause = 0.01
    while companion.ports:
        try:
            running.connect(companion.ports[0]).close()
        except OSError:
            status = _status(companion, running, pause)
            if status is not None:
                raise _down(companion, running, f"ended with status {status}") from None
            if time.monotonic() > end:
                raise _down(companion, running, f"took no connection on port {companion.ports[0]} within {_PATIENCE:g} seconds") from None
            pause = min(pause * 1.5, 0.2)
        else:
            return


def _status(companion: Companion, running: Running, timeout: float) -> int | None:
    try:
        return running.wait(timeout)
    except NotStartedError as error:
        raise WorldError(
            f"the companion {companion.name} does not start: {error.what}", where=companion.origin, fix="install it on this machine, or name its full path"
        ) from error


def _down(companion: Companion, running: Running, what: str) -> WorldError:
    stdout, stderr = running.output()
    said = (stdout + stderr).decode("utf-8", "replace").strip()[-_LAST_WORDS:]
    return WorldError(
        f"the companion {companion.name} {what}" + (f"; it said last:\n{said}" if said else ""),
        where=companion.origin,
        fix=f"run `{' '.join(companion.command)}` by hand as a user who is not root",
    )
