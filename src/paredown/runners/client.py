"""The engine's commands, as one run of paredown calls them."""

import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from paredown.errors import WorldError
from paredown.oci.engine import Engine, call, last_line
from paredown.runners.dialect import Dialect
from paredown.sandbox.output import Output

_SECONDS = 120  # for what is done at once on an idle machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An engine's program and how it is talked to; `run` labels all that it makes, `folder` is for its small files, `numbers` count its containers."""

    engine: Engine
    dialect: Dialect
    environment: Mapping[str, str]
    run: str
    folder: Path
    numbers: Iterator[int]

    def new_name(self, kind: str) -> str:
        """A name for something to make."""
        return f"paredown-{self.run}-{kind}-{next(self.numbers)}"

    def call(self, *words: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """A command run to its end."""
        return call([self.engine.program, *words], self.environment if environment is None else environment, seconds=_SECONDS)

    def demand(self, *words: str, environment: Mapping[str, str] | None = None) -> str:
        """What a command prints; WorldError with the engine's own words when it fails."""
        answer = self.call(*words, environment=environment)
        if answer.returncode != 0:
            raise WorldError(f"`{self.engine.name} {words[0]}` says: {last_line(answer.stderr)}", fix="see whether the engine is well")
        return answer.stdout.strip()

    def attached(self, *words: str, stdin: bytes | None = None) -> "Attached":
        """A command under way, what it writes drained, and `stdin` given to it."""
        process = subprocess.Popen(
            [self.engine.program, *words], env=dict(self.environment), stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        return Attached(process, stdin)


class Attached:
    """A command of the engine under way."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: bytes | None) -> None:
        assert process.stdout is not None  # noqa: S101 - Popen was asked for pipes
        assert process.stderr is not None  # noqa: S101
        self._process = process
        self._out = Output(process.stdout, "stdout")
        self._err = Output(process.stderr, "stderr")
        if stdin is not None:
            threading.Thread(target=_feed, args=(process, stdin), name="stdin", daemon=True).start()

    def wait(self, timeout: float | None) -> int | None:
        """Its exit status, or None when it is still under way after `timeout` seconds."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def output(self) -> tuple[bytes, bytes]:
        """What it wrote: all once it has ended, else what there is so far."""
        if self._process.poll() is None:
            return self._out.read(), self._err.read()
        return self._out.finish(), self._err.finish()

    def close(self) -> None:
        """End the command, which ends nothing in the engine."""
        self._process.kill()
        self._process.wait()
        self._out.close()
        self._err.close()


def _feed(process: subprocess.Popen[bytes], content: bytes) -> None:
    try:
        assert process.stdin is not None  # noqa: S101 - Popen was asked for a pipe
        with process.stdin as stream:
            stream.write(content)
    except (BrokenPipeError, ConnectionResetError):
        return  # the program does not read all of it
