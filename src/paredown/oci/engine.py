"""Loads an image's tar into the local Docker or Podman, through their own command lines."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from paredown.errors import WorldError

_LOADED = re.compile(r"^Loaded image(?:\(s\))?(?: ID)?: *(?P<reference>\S+)", re.MULTILINE)
_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Engine:
    """A container engine's command: its name (`docker` or `podman`) and the program."""

    name: str
    program: str


def find_engine(environment: Mapping[str, str]) -> Engine:
    """The first of Docker and Podman on the caller's PATH that answers; WorldError when there is none."""
    silent: list[str] = []
    for name in ("docker", "podman"):
        program = shutil.which(name, path=environment.get("PATH"))
        if program is None:
            continue
        answer = _run([program, "version"], environment, seconds=20)
        if answer.returncode == 0:
            return Engine(name, program)
        silent.append(f"{name}: {_last_line(answer.stderr)}")
    if silent:
        raise WorldError(f"no container engine answers ({'; '.join(silent)})", fix="start it, or write a file with `--output image.tar`")
    raise WorldError("neither docker nor podman is on the PATH", fix="install one, or write a file with `--output image.tar`")


def load(tar: Path, engine: Engine, environment: Mapping[str, str]) -> str:
    """Load the image in `tar`; the reference under which the engine now has it. WorldError with the engine's own words."""
    # `podman load` reads the tar as an OCI layout, whose configuration has no health check; as a docker-archive it keeps it.
    words = ["pull", "--quiet", f"docker-archive:{tar}"] if engine.name == "podman" else ["load", "--input", str(tar)]
    answer = _run([engine.program, *words], environment, seconds=_SECONDS)
    if answer.returncode != 0:
        if "invalid tar header" in answer.stderr:
            raise WorldError(
                f"{engine.name} cannot read the image's layers, which are not gzip",
                where=str(tar),
                fix="build with `--compression gzip`, or use Docker 23.0 or later",
            )
        raise WorldError(f"{engine.name} did not take the image: {_last_line(answer.stderr)}", where=str(tar), fix=f"{engine.name} {' '.join(words)}")
    if engine.name == "podman":
        return _named(engine, _last_line(answer.stdout), environment)
    loaded = _LOADED.search(answer.stdout)
    if loaded is None:
        raise WorldError(f"{engine.name} does not say what it loaded: {_last_line(answer.stdout)}", where=str(tar))
    return loaded["reference"]


def _named(engine: Engine, identity: str, environment: Mapping[str, str]) -> str:
    """The first name of an image that Podman has, else its id."""
    answer = _run([engine.program, "image", "inspect", "--format", "{{index .RepoTags 0}}", identity], environment, seconds=20)
    return answer.stdout.strip() if answer.returncode == 0 and answer.stdout.strip() else identity


def _run(argv: list[str], environment: Mapping[str, str], *, seconds: int) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            argv, env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise WorldError(f"`{' '.join(argv[:2])}` gave no answer in {seconds} s", fix="see whether the engine is well") from error


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"
