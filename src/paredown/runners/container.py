"""A container: created, started with its output drained, and removed whatever happens."""

import io
import re
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from paredown.errors import WorldError
from paredown.oci.engine import call, last_line
from paredown.runners.client import Attached, Client
from paredown.runners.container_arguments import Words, creation
from paredown.runners.interface import Ended

_SOON = 60  # seconds until a container that was asked to start or end has done so, on a busy machine
_NEVER = "0001-"  # how an engine writes a time that has not come
# What an engine says of a program that cannot be started, and how shells and this program say it.
_CANNOT_START = (
    (re.compile(r"permission denied", re.IGNORECASE), 126, "Permission denied"),
    (re.compile(r"exec format", re.IGNORECASE), 126, "Exec format error"),
    (re.compile(r"is a directory", re.IGNORECASE), 126, "Is a directory"),
    (re.compile(r"no such file|not found", re.IGNORECASE), 127, "No such file or directory"),
)
_OF_THE_PROGRAM = re.compile(r"exec: |exec format|executable|command that (?:was|is) not found|chdir|cwd", re.IGNORECASE)


class Container:
    """A container that was created; `program` is what it runs, as messages call it."""

    def __init__(self, client: Client, name: str, program: str) -> None:
        self.name = name
        self._client = client
        self._program = program
        self._attached: Attached | None = None
        self._ended: Ended | None = None

    def start(self, stdin: bytes | None = None) -> None:
        """Have it started, `stdin` given to it."""
        more = () if stdin is None else ("--interactive",)
        self._attached = self._client.attached(*self._client.dialect.attach, *more, self.name, stdin=stdin)

    def await_start(self) -> None:
        """Return once it runs, or has ended."""
        last = time.monotonic() + _SOON
        while self.wait(0) is None and self._state()[0].startswith(_NEVER):
            if time.monotonic() > last:
                raise WorldError(f"{self._client.engine.name} did not start {self._program} within {_SOON} s", fix="see whether the engine is well")
            time.sleep(0.02)

    def wait(self, timeout: float | None) -> Ended | None:
        """How it ended, or None when it still runs after `timeout` seconds."""
        if self._ended is None and self._streams.wait(timeout) is not None:
            self._ended = self._how_it_ended()
        return self._ended

    def signal(self, number: int) -> None:
        """Send a signal to process 1, unless it has ended."""
        if self.wait(0) is not None:
            return
        answer = self._client.call("kill", "--signal", str(number), self.name)
        if answer.returncode != 0 and self.wait(1) is None:
            raise WorldError(f"{self._client.engine.name} did not pass on signal {number}: {last_line(answer.stderr)}")

    def kill(self) -> Ended:
        """SIGKILL to all of it."""
        self.signal(9)
        ended = self.wait(_SOON)
        if ended is None:
            raise WorldError(f"{self._program} did not end within {_SOON} s of SIGKILL in {self._client.engine.name}")
        return ended

    def output(self) -> tuple[bytes, bytes]:
        """Standard output and standard error so far."""
        return (self._ended.stdout, self._ended.stderr) if self._ended else self._streams.output()

    def close(self) -> None:
        """Remove it."""
        self._client.call(*self._client.dialect.remove, self.name)
        if self._attached is not None:
            self._attached.wait(5)
            self._attached.close()

    @property
    def _streams(self) -> Attached:
        if self._attached is None:
            raise WorldError(f"{self._program} was not started")
        return self._attached

    def _state(self) -> tuple[str, str, int]:
        """When it was started, what it does now, and its exit status."""
        told = self._client.demand("container", "inspect", "--format", "{{json .State.StartedAt}} {{.State.Status}} {{.State.ExitCode}}", self.name)
        started, status, code = told.rsplit(" ", 2)
        return started.strip('"'), status, int(code)

    def _how_it_ended(self) -> Ended:
        stdout, stderr = self._streams.output()
        last = time.monotonic() + 5
        started, status, code = self._state()
        while status in ("running", "stopping", "removing") and time.monotonic() < last:
            time.sleep(0.05)
            started, status, code = self._state()
        if started.startswith(_NEVER):
            return self._not_started(stderr.decode("utf-8", "replace"))
        if status in ("running", "paused"):
            raise WorldError(f"{self._client.engine.name} no longer tells what {self._program} writes", fix="see whether the engine is well")
        return Ended(status=code, stdout=stdout, stderr=stderr)

    def _not_started(self, said: str) -> Ended:
        if found := not_started(self._program, said):
            return found
        raise WorldError(f"{self._client.engine.name} cannot start a container: {_sentence(said)}", fix="see whether the engine is well")


def not_started(program: str, said: str) -> Ended | None:
    """How a program ended that could not be started, by what the engine said; None when that was about something else."""
    if _OF_THE_PROGRAM.search(said):
        for pattern, status, words in _CANNOT_START:
            if pattern.search(said):
                return Ended(status=status, stdout=b"", stderr=f"{program} cannot be started: {words}\n".encode())
    return None


@contextmanager
def created(client: Client, words: Words, kind: str, program: str, hosts: bytes = b"") -> Iterator[Container]:
    """A container, not started yet; nothing of it is left when the context ends. `hosts` is its own list of names, if it needs one."""
    container = Container(client, client.new_name(kind), program)
    try:
        with tempfile.NamedTemporaryFile(dir=client.folder) as file:
            argv, environment, text = creation(words, container.name, client.run, client.dialect, client.environment, file.name)
            file.write(text.encode())
            file.flush()
            client.demand(*argv, environment=environment)
        if hosts:
            _write(client, container.name, "etc/hosts", hosts)
        yield container
    finally:
        container.close()


def _write(client: Client, name: str, path: str, content: bytes) -> None:
    """Put a file into a container that was not started."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo(path)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    with tempfile.TemporaryFile(dir=client.folder) as stream:
        stream.write(archive.getvalue())
        stream.seek(0)
        answer = call([client.engine.program, "cp", "-", f"{name}:/"], client.environment, seconds=_SOON, stdin=stream)
    if answer.returncode != 0:
        raise WorldError(f"{client.engine.name} cannot write to a container: {last_line(answer.stderr)}")


def _sentence(said: str) -> str:
    return re.sub(r"\b[0-9a-f]{64}\b", "it", last_line(said))
