"""Real engines for the tests in this folder: installed and started where this is root on Debian, ended when they were started here."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from engines import Engine, build
from paredown.runners.engine import EngineRunner, engine_runner

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ROOT / "examples" / "lightweight-app"
PACKAGES = {
    "dockerd": "docker.io",
    "podman": "podman",
    "runc": "runc",
    "skopeo": "skopeo",
    "umoci": "umoci",
    "faketime": "faketime",
    "mmdebstrap": "mmdebstrap",
    "buildah": "buildah",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.engine)


def cannot(reason: str) -> None:
    """Skip, or fail where engines are required (PAREDOWN_ENGINE=required)."""
    if os.environ.get("PAREDOWN_ENGINE") == "required":
        pytest.fail(f"no engine: {reason}")
    pytest.skip(f"no engine: {reason}")


def installed(program: str) -> str:
    """The path of `program`, installed from Debian when it is not there."""
    found = shutil.which(program)
    if found is None:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            cannot(f"{program} is not installed, and only root on Debian can install it")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", PACKAGES[program]]):
            subprocess.run(["apt-get", "-qq", *words], check=True, env=environment, stdout=subprocess.DEVNULL)
        found = shutil.which(program)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def docker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A running Docker engine; one that was running already is left running."""
    daemon = installed("dockerd")
    engine = Engine("/usr/bin/docker" if Path("/usr/bin/docker").exists() else "docker")
    if engine.answers():
        yield engine
        return
    log = tmp_path_factory.mktemp("docker") / "dockerd.log"
    with open(log, "wb") as stream:
        process = subprocess.Popen([daemon], stdout=stream, stderr=stream, start_new_session=True)
    try:
        last = time.monotonic() + 60
        while not engine.answers():
            if process.poll() is not None or time.monotonic() > last:
                cannot("dockerd did not start:\n" + "\n".join(log.read_text("utf-8", "replace").splitlines()[-5:]))
            time.sleep(0.3)
        yield engine
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture(scope="session")
def podman() -> Engine:
    """Podman, which needs no daemon; within the limits that this machine sets even to root."""
    limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name.upper()}"))[1] for name in ("nofile", "nproc")}
    flags = [word for name, hard in limits.items() for word in ("--ulimit", f"{name}={min(hard, 4096) if hard > 0 else 4096}")]
    if Path("/sys/fs/cgroup/unified").exists():
        # Control groups of both versions at once, which crun refuses.
        flags += ["--runtime", installed("runc")]
    engine = Engine(installed("podman"), tuple(flags))
    if not engine.answers():
        cannot("podman info fails here")
    return engine


@pytest.fixture(scope="session", params=["docker", "podman"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each of the engines in turn."""
    found: Engine = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def runner(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> EngineRunner:
    """The runner, with an engine on its PATH and the settings that this machine needs."""
    return runner_of(engine, tmp_path_factory.mktemp("engine"))


def runner_of(engine: Engine, place: Path) -> EngineRunner:
    """A runner whose PATH and settings lie in the folder `place`."""
    name = "podman" if Path(engine.program).name == "podman" else "docker"
    (place / "bin").mkdir()
    (place / "bin" / name).symlink_to(engine.program)
    settings = dict(zip(engine.flags[::2], engine.flags[1::2], strict=True))
    limits = [value for flag, value in zip(engine.flags[::2], engine.flags[1::2], strict=True) if flag == "--ulimit"]
    runtime = f'[engine]\nruntime = "{settings["--runtime"]}"\n' if "--runtime" in settings else ""
    both = json.dumps([f"{limit}:{limit.partition('=')[2]}" for limit in limits])
    (place / "containers.conf").write_text(f"{runtime}[containers]\ndefault_ulimits = {both}\n")
    environment = {**os.environ, "PATH": f"{place / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin", "CONTAINERS_CONF": str(place / "containers.conf")}
    found = engine_runner(name, environment, place)
    assert found.unavailable() is None
    return found


@pytest.fixture(scope="session")
def bases(docker: Engine) -> tuple[str, str]:
    """Python's slim image and uv's, as emitted Dockerfiles start from them; stand-ins where no registry is reached."""
    installed("mmdebstrap")
    tags = "python:3.13-slim", f"ghcr.io/astral-sh/uv:{metadata.version('uv')}"
    subprocess.run([sys.executable, "-m", "benchmarks.stand_ins", *tags], cwd=ROOT, check=True)
    return tags


@pytest.fixture(scope="session")
def distroless(bases: tuple[str, str]) -> None:
    """What emitted distroless images start from; stand-ins where no registry is reached."""
    tags = "debian:trixie-slim", "gcr.io/distroless/python3-debian13:nonroot"
    subprocess.run([sys.executable, "-m", "benchmarks.stand_ins", *tags], cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def building(podman: Engine, docker: Engine, bases: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Surroundings in which Podman and Buildah build on the same bases as Docker."""
    installed("buildah")
    place = tmp_path_factory.mktemp("building")
    environment = dict(runner_of(podman, place).environment)
    for base in bases:
        docker.run("save", "--output", str(place / "base.tar"), base)
        subprocess.run([podman.program, "load", "--quiet", "--input", str(place / "base.tar")], env=environment, capture_output=True, check=True)
        (place / "base.tar").unlink()
    return environment


@pytest.fixture(scope="session")
def skopeo() -> str:
    return installed("skopeo")


@pytest.fixture(scope="session")
def umoci() -> str:
    return installed("umoci")


@pytest.fixture(scope="session")
def faketime() -> str:
    return installed("faketime")


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example service, so that building leaves no trace in the checkout."""
    folder = tmp_path_factory.mktemp("service") / "lightweight-app"
    shutil.copytree(SERVICE, folder, ignore=shutil.ignore_patterns("paredown.lock", ".venv", "__pycache__"))
    return folder


@pytest.fixture(scope="session")
def archive(service: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's image as one tar."""
    path = tmp_path_factory.mktemp("image") / "lightweight-app.tar"
    build(service, "--tag", "lightweight-app", "--output", str(path))
    return path


@pytest.fixture(scope="session")
def layout(service: Path, archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same image as an OCI layout folder."""
    path = tmp_path_factory.mktemp("layout") / "lightweight-app"
    build(service, "--tag", "lightweight-app", "--output", str(path))
    return path


@pytest.fixture(scope="session")
def root(layout: Path, umoci: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image's root file system as umoci unpacks it."""
    bundle = tmp_path_factory.mktemp("umoci") / "bundle"
    tags = subprocess.run([umoci, "ls", "--layout", str(layout)], check=True, capture_output=True, text=True).stdout.split()
    subprocess.run([umoci, "unpack", "--image", f"{layout}:{tags[0]}", str(bundle)], check=True, capture_output=True)
    return bundle / "rootfs"
