"""Backends build a Dockerfile with an engine: Docker's BuildKit, Podman or Buildah."""

import re
import shutil
import subprocess
from collections.abc import Mapping

from paredown.backends.interface import Backend
from paredown.errors import WorldError
from paredown.oci.engine import call

__all__ = ["NAMES", "Backend", "backend_named", "find_backend"]

NAMES = ("docker", "podman", "buildah")
_PROBE = {"docker": ("version", "--format", "{{.Server.Version}}"), "podman": ("info", "--format", "{{.Version.Version}}"), "buildah": ("--version",)}
# The first that know COPY --link: Docker's with BuildKit 0.11 (https://docs.docker.com/engine/release-notes/23.0/), Buildah 1.41 and the Podman that has it
# (https://github.com/containers/buildah/pull/6240).
_FIRST_WITH_LINK = {"docker": (23,), "podman": (5, 6), "buildah": (1, 41)}
_PROBE_SECONDS = 30


def find_backend(environment: Mapping[str, str], name: str | None = None) -> Backend:
    """The engine `name`, else the first of `NAMES` that is installed and answers. WorldError, with what each said, when none does."""
    if name is not None:
        return backend_named(name, environment)
    reasons: list[str] = []
    for name in NAMES:
        try:
            return backend_named(name, environment)
        except WorldError as error:
            reasons.append(error.what)
    raise WorldError(f"no engine can build here ({'; '.join(reasons)})", fix="install Docker, Podman or Buildah; `--no-build` only writes the Dockerfile")


def backend_named(name: str, environment: Mapping[str, str]) -> Backend:
    """The engine `name` with what it understands. WorldError when it is not installed or does not answer."""
    program = shutil.which(name, path=environment.get("PATH"))
    if program is None:
        raise WorldError(f"{name} is not on the PATH", fix=f"install {name}, or add its folder to the PATH; `--no-build` only writes the Dockerfile")
    answer = call([program, *_PROBE[name]], environment, seconds=_PROBE_SECONDS)
    found = re.search(r"\d+(?:\.\d+)+", answer.stdout)
    if answer.returncode != 0 or found is None:
        said = answer.stderr.strip().splitlines()
        raise WorldError(f"{name} does not answer: {said[-1] if said else 'no version'}", fix=f"start {name}; `--no-build` only writes the Dockerfile")
    link = tuple(map(int, found[0].split("."))) >= _FIRST_WITH_LINK[name]
    return Backend(name=name, program=program, version=found[0], link=link, buildx=name == "docker" and _has_buildx(program, environment))


def _has_buildx(program: str, environment: Mapping[str, str]) -> bool:
    try:
        return call([program, "buildx", "version"], environment, seconds=_PROBE_SECONDS).returncode == 0
    except (WorldError, subprocess.SubprocessError):
        return False
