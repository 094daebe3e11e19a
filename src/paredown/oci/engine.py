"""Images in the local Docker or Podman, through their own command lines: loaded from a file, looked up by name, saved."""

import json
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from paredown.errors import BrokenArchiveError, UserError, WorldError
from paredown.oci.saved import lay_out
from paredown.store import Store, spelled_out

NAMES = ("docker", "podman")

_LOADED = re.compile(r"^Loaded image(?:\(s\))?(?: ID)?: *(?P<reference>\S+)", re.MULTILINE)
_REFERENCE = re.compile(r"[\w][\w./:@-]{0,500}", re.ASCII)
_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Engine:
    """A container engine's command: its name (`docker` or `podman`) and the program."""

    name: str
    program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineImage:
    """An image that an engine has: its id, its platform (`linux/amd64`), and its size in bytes, uncompressed."""

    identity: str
    platform: str
    size: int


def engine_named(name: str, environment: Mapping[str, str]) -> Engine:
    """Docker or Podman on the caller's PATH, whether it answers or not; WorldError when it is not there."""
    program = shutil.which(name, path=environment.get("PATH"))
    if program is None:
        raise WorldError(f"{name} is not on the PATH", fix=f"install {name}, or add its folder to the PATH")
    return Engine(name, program)


def find_engine(environment: Mapping[str, str]) -> Engine:
    """The first of Docker and Podman on the caller's PATH that answers; WorldError when there is none."""
    found, silent = _answering(environment)
    if found:
        return found[0]
    if silent:
        raise WorldError(f"no container engine answers ({'; '.join(silent)})", fix="start it, or write a file with `--output image.tar`")
    raise WorldError("neither docker nor podman is on the PATH", fix="install one, or write a file with `--output image.tar`")


def engine_holding(reference: str, environment: Mapping[str, str]) -> Engine:
    """The first engine that has the image `reference`; UserError when none that answers has it, WorldError when none answers."""
    if _REFERENCE.fullmatch(reference) is None:
        raise UserError(f"{reference!r} is neither a file nor the name of an image", fix="give a file, a folder, or a name like `shop:1.4`")
    found, silent = _answering(environment)
    for engine in found:
        if find_image(reference, engine, environment) is not None:
            return engine
    if found:
        raise _no_such_image(reference, found[0], also=tuple(engine.name for engine in found[1:]))
    why = "; ".join(silent) or "neither docker nor podman is on the PATH"
    raise WorldError(f"{reference} is no file, and no container engine could be asked for an image of that name ({why})", fix="give a file or a folder")


def find_image(reference: str, engine: Engine, environment: Mapping[str, str]) -> EngineImage | None:
    """What the engine says of its image `reference`; None when it has none of that name."""
    if _REFERENCE.fullmatch(reference) is None:
        return None
    answer = call([engine.program, "image", "inspect", reference], environment, seconds=60)
    if answer.returncode != 0:
        if "no such image" in answer.stderr.lower() or "not known" in answer.stderr.lower():
            return None
        raise WorldError(f"{engine.name} does not say whether it has {reference}: {last_line(answer.stderr)}", fix="see whether the engine is well")
    try:
        told = json.loads(answer.stdout)[0]
        return EngineImage(identity=str(told["Id"]), platform=f"{told['Os']}/{told['Architecture']}", size=int(told.get("Size", 0)))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise WorldError(f"what {engine.name} says of {reference} cannot be understood") from error


def save(reference: str, engine: Engine, environment: Mapping[str, str], store: Store) -> Path:
    """The parts of the engine's image `reference`, in a folder of this process; layers go into `store`. UserError when there is no such image."""
    image = find_image(reference, engine, environment)
    if image is None:
        raise _no_such_image(reference, engine)
    free = shutil.disk_usage(store.scratch).free
    if image.size > free:
        raise WorldError(
            f"{reference} has {image.size >> 20} MB, and only {free >> 20} MB are free",
            where=str(store.root),
            fix="make room, or point PAREDOWN_CACHE elsewhere",
        )
    folder = Path(tempfile.mkdtemp(prefix="saved-", dir=store.scratch))
    # Docker writes this format only, Podman others too.
    words = ["save", "--format", "docker-archive"] if engine.name == "podman" else ["save"]
    with tempfile.TemporaryFile(dir=store.scratch) as complaint:
        process = subprocess.Popen(
            [engine.program, *words, reference], env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaint,
            start_new_session=True, pipesize=1 << 20,
        )  # fmt: skip
        out_of_patience = threading.Timer(_SECONDS, process.kill)
        out_of_patience.start()
        try:
            broken = _laid_out(process, folder, store)
        finally:
            out_of_patience.cancel()
        if process.returncode != 0:
            complaint.seek(0)
            why = last_line(complaint.read().decode("utf-8", "replace")) if process.returncode > 0 else f"it gave no answer in {_SECONDS} s"
            raise WorldError(f"{engine.name} did not save {reference}: {why}", fix="see whether the engine is well")
    if broken is not None:
        raise broken
    return folder


def _laid_out(process: subprocess.Popen[bytes], folder: Path, store: Store) -> BrokenArchiveError | None:
    """What was wrong with what `process` told, which then has ended."""
    with process, spelled_out(store.root):
        told = cast(IO[bytes], process.stdout)
        try:
            lay_out(told, folder, store)
        except BrokenArchiveError as error:
            return error
        except BaseException:
            process.kill()
            raise
        finally:
            while process.poll() is None and told.read(1 << 20):
                pass  # what follows the archive's end; an engine that cannot write it would call that an error
    return None


def load(tar: Path, engine: Engine, environment: Mapping[str, str]) -> str:
    """Load the image in `tar`; the reference under which the engine now has it. WorldError with the engine's own words."""
    # `podman load` reads the tar as an OCI layout, whose configuration has no health check; as a docker-archive it keeps it.
    words = ["pull", "--quiet", f"docker-archive:{tar}"] if engine.name == "podman" else ["load", "--input", str(tar)]
    answer = call([engine.program, *words], environment, seconds=_SECONDS)
    if answer.returncode != 0:
        if "invalid tar header" in answer.stderr:
            raise WorldError(
                f"{engine.name} cannot read the image's layers, which are not gzip",
                where=str(tar),
                fix="build with `--compression gzip`, or use Docker 23.0 or later",
            )
        raise WorldError(f"{engine.name} did not take the image: {last_line(answer.stderr)}", where=str(tar), fix=f"{engine.name} {' '.join(words)}")
    if engine.name == "podman":
        return _named(engine, last_line(answer.stdout), environment)
    loaded = _LOADED.search(answer.stdout)
    if loaded is None:
        raise WorldError(f"{engine.name} does not say what it loaded: {last_line(answer.stdout)}", where=str(tar))
    return loaded["reference"]


def call(argv: list[str], environment: Mapping[str, str], *, seconds: float, stdin: IO[bytes] | None = None) -> subprocess.CompletedProcess[str]:
    """Run an engine's command in a session of its own, so that Ctrl-C does not cut it short; WorldError when it gives no answer in time."""
    try:
        return subprocess.run(
            argv, env=dict(environment), stdin=subprocess.DEVNULL if stdin is None else stdin, capture_output=True, text=True, errors="replace",
            timeout=seconds, check=False, start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise WorldError(f"`{' '.join(argv[:2])}` gave no answer in {seconds:g} s", fix="see whether the engine is well") from error


def last_line(text: str) -> str:
    """What an engine said in the end."""
    # Docker adds where to find help, which is not what went wrong.
    lines = [line.strip() for line in text.strip().splitlines() if line.strip() and not line.startswith(("See '", "Run '"))]
    return lines[-1] if lines else "no message"


def _answering(environment: Mapping[str, str]) -> tuple[list[Engine], list[str]]:
    """The engines that answer; and of those that do not, what they say."""
    found: list[Engine] = []
    silent: list[str] = []
    for name in NAMES:
        program = shutil.which(name, path=environment.get("PATH"))
        if program is None:
            continue
        answer = call([program, "version"], environment, seconds=20)
        if answer.returncode == 0:
            found.append(Engine(name, program))
        else:
            silent.append(f"{name}: {last_line(answer.stderr)}")
    return found, silent


def _no_such_image(reference: str, engine: Engine, *, also: tuple[str, ...] = ()) -> UserError:
    names = " nor ".join((engine.name, *also))
    return UserError(
        f"{'neither ' if also else ''}{names} has {'an' if also else 'no'} image called {reference!r}",
        fix=f"`{engine.name} pull {reference}`, build it, or give a file or a folder",
    )


def _named(engine: Engine, identity: str, environment: Mapping[str, str]) -> str:
    """The first name of an image that Podman has, else its id."""
    answer = call([engine.program, "image", "inspect", "--format", "{{index .RepoTags 0}}", identity], environment, seconds=20)
    return answer.stdout.strip() if answer.returncode == 0 and answer.stdout.strip() else identity
