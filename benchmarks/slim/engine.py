"""Images in the local Docker: built, loaded, sized, listed, and started to be asked."""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import stand_ins
from benchmarks.measure import run
from benchmarks.reference_services import built
from benchmarks.reports import bases

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SERVICES = ROOT / "benchmarks" / "services"


def image_of(folder: Path) -> tuple[str, tuple[str, ...]]:
    """The tag of the image that the Dockerfile in `folder` makes, and those of its bases that are stand-ins; from a copy, so that only sources go in."""
    with tempfile.TemporaryDirectory(prefix="slim-") as scratch:
        project = Path(scratch) / folder.name
        shutil.copytree(folder, project, ignore=shutil.ignore_patterns(".venv", "__pycache__", "paredown.lock", ".ruff_cache"))
        stood_in = stand_ins.provide(*dict.fromkeys(bases(project / "Dockerfile")))
        tag = built(project, "Dockerfile")
    stand_ins.forget_machine(tag)
    return tag, stood_in


def loaded(archive: Path, tag: str) -> str:
    """`tag`, with the image of `archive` behind it."""
    told = docker("load", "--input", str(archive)).strip().splitlines()[-1]
    docker("tag", told.partition(": ")[2], tag)
    return tag


def size(tag: str) -> int:
    """Bytes of all layers, uncompressed."""
    return int(docker("image", "inspect", "--format", "{{.Size}}", tag))


def configuration(tag: str) -> dict[str, Any]:
    """The image's configuration, as the engine tells it."""
    found: dict[str, Any] = json.loads(docker("image", "inspect", tag))[0]["Config"]
    return found


def port(tag: str) -> int:
    """The first that the image exposes."""
    return int(next(iter(configuration(tag)["ExposedPorts"])).partition("/")[0])


@contextmanager
def container(tag: str) -> Iterator[str]:
    """The URL of a service that runs as long as the block does."""
    identity = docker("run", "--detach", "--publish", f"127.0.0.1::{port(tag)}", tag).strip()
    try:
        found = json.loads(docker("inspect", identity))[0]["NetworkSettings"]["Ports"].get(f"{port(tag)}/tcp")
        yield f"http://127.0.0.1:{found[0]['HostPort'] if found else 9}"
    finally:
        forget(container=identity)


def contents(tag: str, archive: Path) -> tarfile.TarFile:
    """All that the image holds, exported through `archive`."""
    identity = docker("create", tag).strip()
    try:
        docker("export", "--output", str(archive), identity)
    finally:
        forget(container=identity)
    return tarfile.open(archive)


def forget(*tags: str, container: str = "") -> None:
    """Take images, or a container with its volumes, out of the engine; what is not there any more is no fault."""
    words = ["rm", "--force", "--volumes", container] if container else ["image", "rm", "--force", *tags]
    subprocess.run([stand_ins.docker(), *words], capture_output=True, check=False)


def docker(*words: str) -> str:
    """What the client prints."""
    return run([stand_ins.docker(), *words], os.environ)
