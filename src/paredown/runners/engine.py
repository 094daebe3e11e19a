"""The runners that use a container engine: images are loaded into it, and nothing that was made in it outlives the run."""

import itertools
import secrets
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from paredown.errors import ParedownError, UserError, WorldError
from paredown.oci import docker_archive
from paredown.oci.engine import Engine, call, engine_named, find_image, last_line
from paredown.oci.layout_reader import pick, read
from paredown.plan import Companion
from paredown.runners.client import Client
from paredown.runners.dialect import Dialect
from paredown.runners.docker import DOCKER
from paredown.runners.engine_machine import EngineMachine, Installation, check_ports
from paredown.runners.interface import Runnable
from paredown.runners.interpreter import interpreter_of
from paredown.runners.podman import PODMAN
from paredown.runners.programs import watchdog

_DIALECTS = {dialect.name: dialect for dialect in (DOCKER, PODMAN)}
_LOADING = 600  # seconds


@dataclass(frozen=True, slots=True)
class EngineInstalled:
    """An image that the engine has."""

    installation: Installation

    @contextmanager
    def machine(self, companions: tuple[Companion, ...] = ()) -> Iterator[EngineMachine]:
        """As the contract; UserError for a companion that is no image, or whose image the engine lacks."""
        client = self.installation.client
        for companion in companions:
            if not companion.image:
                raise UserError(
                    f"the companion {companion.name} is a command of this machine, which {client.engine.name} does not run",
                    where=companion.origin, fix="give an `image`, or verify in the sandbox",
                )  # fmt: skip
            if find_image(companion.image, client.engine, client.environment) is None:
                raise UserError(
                    f"{client.engine.name} has no image {companion.image!r} for the companion {companion.name}",
                    where=companion.origin, fix=f"{client.engine.name} pull {companion.image}",
                )  # fmt: skip
        check_ports(companions)
        with ExitStack() as stack:
            machine = EngineMachine(self.installation, companions, stack)
            machine.begin()
            yield machine


@dataclass(frozen=True, slots=True)
class EngineRunner:
    """Runs images in Docker or Podman; small files go below `scratch`, `environment` is the caller's."""

    dialect: Dialect
    environment: Mapping[str, str]
    scratch: Path

    @property
    def name(self) -> str:
        return self.dialect.name

    def unavailable(self) -> str | None:
        try:
            engine = engine_named(self.name, self.environment)
            self._platform(engine)
            return self._trial(engine)
        except ParedownError as error:
            return error.what

    @contextmanager
    def install(self, image: Runnable) -> Iterator[EngineInstalled]:
        """As the contract; the image must be in a file and have a Python."""
        engine = engine_named(self.name, self.environment)
        self._check_platform(engine, image)
        python = interpreter_of(image.config, image.tree).path
        if not python:
            raise UserError(
                f"the image has no Python, by which {self.name} is talked to", where=str(image.path) if image.path else None, fix="verify in the sandbox",
            )  # fmt: skip
        run = secrets.token_hex(6)
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder, self._watched(engine, run):
            client = Client(
                engine=engine, dialect=self.dialect, environment=self.environment, run=run, folder=Path(folder), numbers=itertools.count(1),
            )  # fmt: skip
            yield EngineInstalled(Installation(client=client, image=self._name_of(image, client), own=image.config.environment, python=python))

    def _platform(self, engine: Engine) -> str:
        """What the engine runs, as `linux/amd64`; WorldError when it does not answer, or runs no Linux."""
        answer = call([engine.program, *self.dialect.platform], self.environment, seconds=30)
        if answer.returncode != 0:
            raise WorldError(f"{self.name} does not answer: {last_line(answer.stderr)}", fix="start it, or see whether you may use it")
        platform = answer.stdout.strip()
        if not platform.startswith("linux/"):
            raise WorldError(f"{self.name} runs {platform or 'nothing that it names'}, not Linux", fix="switch it to Linux containers")
        return platform

    def _check_platform(self, engine: Engine, image: Runnable) -> None:
        platform, wanted = self._platform(engine), f"{image.config.platform.os}/{image.config.platform.architecture}"
        if platform != wanted:
            raise WorldError(
                f"the image is for {wanted}, and {self.name} here runs {platform}", where=str(image.path) if image.path else None,
                fix=f"verify on a machine with {wanted}, or build with `--platform {platform}`",
            )  # fmt: skip

    def _trial(self, engine: Engine) -> str | None:
        """Why the engine can start no container; None when all it complains of is that an empty image has no program."""
        run = secrets.token_hex(6)
        name = watchdog.image_of(run)
        with tempfile.TemporaryFile(dir=self.scratch) as empty:
            tarfile.open(fileobj=empty, mode="w").close()
            empty.seek(0)
            answer = call([engine.program, "import", "-", name], self.environment, seconds=60, stdin=empty)
        if answer.returncode != 0:
            return f"{self.name} takes no image: {last_line(answer.stderr)}"
        try:
            words = ["run", "--rm", "--label", f"{watchdog.LABEL}={run}", "--network", "none", "--log-driver", "none", name, "/nothing"]
            answer = call([engine.program, *words], self.environment, seconds=60)
        finally:
            watchdog.sweep(engine.program, run, list(self.dialect.remove), dict(self.environment))
        return None if answer.returncode == 127 else f"{self.name} can start no container: {last_line(answer.stderr)}"

    @contextmanager
    def _watched(self, engine: Engine, run: str) -> Iterator[None]:
        """Whatever is made for `run` is removed when the context ends, or when this process does."""
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", watchdog.__file__, engine.program, run, *self.dialect.remove], env=dict(self.environment),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        assert process.stdin is not None  # noqa: S101 - Popen was asked for a pipe
        in_order = False
        try:
            yield
            in_order = True
        finally:
            # What an engine does not remove now, the watchdog tries again; and where the run was cut short, threads of it may still be making something.
            with process.stdin, suppress(OSError, subprocess.SubprocessError):
                watchdog.sweep(engine.program, run, list(self.dialect.remove), dict(self.environment))
                if in_order:
                    process.stdin.write(b"done")
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)

    def _name_of(self, image: Runnable, client: Client) -> str:
        """What the engine calls the image, which is loaded under a name of its own: one that the user gave could name another image by now."""
        if image.path is None:
            raise UserError(f"the image is in no file, from which {self.name} could take it", fix="verify in the sandbox")
        stored = pick(read(image.path), image.config.platform.architecture, where=str(image.path))
        name = watchdog.image_of(client.run)
        with tempfile.TemporaryFile(dir=client.folder) as archive:
            docker_archive.write(stored, name, archive)
            archive.seek(0)
            answer = call([client.engine.program, "load"], self.environment, seconds=_LOADING, stdin=archive)
        if answer.returncode != 0:
            raise WorldError(f"{self.name} did not take the image: {last_line(answer.stderr)}", where=str(image.path))
        return name


def engine_runner(name: str, environment: Mapping[str, str], scratch: Path) -> EngineRunner:
    """The runner that uses the engine called `name`, docker or podman; whether it can, `unavailable` tells."""
    if name not in _DIALECTS:
        raise UserError(f"there is no engine called {name!r}", fix=f"choose one of: {', '.join(_DIALECTS)}")
    return EngineRunner(_DIALECTS[name], environment, scratch)
