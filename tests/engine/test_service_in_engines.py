"""The example service's image in real engines: every route, health both ways, an orderly end."""

import time
from pathlib import Path

import pytest

from engines import HARDENED, Engine

QUICK_HEALTH = ("--health-interval", "1s", "--health-retries", "1", "--health-start-period", "0s")


@pytest.fixture(scope="module")
def image(engine: Engine, archive: Path) -> str:
    return engine.load(archive)


def test_every_route_answers_under_all_restrictions(engine: Engine, image: str) -> None:
    with engine.container(image, *HARDENED) as container:
        assert container.behaviour() == ""


def test_every_route_answers_without_any_flag(engine: Engine, image: str) -> None:
    with engine.container(image) as container:
        assert container.behaviour() == ""


def test_port_and_settings_come_from_the_environment(engine: Engine, image: str) -> None:
    with engine.container(image, *HARDENED, "--env", "APP_ENV=staging", "--env", "APP_TITLE=Kellerbestand") as container:
        assert container.behaviour() == ""
        assert "Kellerbestand starts in staging" in container.logs()


def test_health_check_says_yes_when_it_answers(docker: Engine, archive: Path) -> None:
    with docker.container(docker.load(archive), *HARDENED, *QUICK_HEALTH) as container:
        assert container.wait_for_health("healthy", seconds=20) == "healthy", container.state()


def test_health_check_says_no_when_nothing_listens(docker: Engine, archive: Path) -> None:
    # The same image doing nothing on its port.
    sleeper = ("-c", "import time; time.sleep(60)")
    with docker.container(docker.load(archive), *HARDENED, *QUICK_HEALTH, "--entrypoint", "/opt/venv/bin/python", command=sleeper) as container:
        assert container.wait_for_health("healthy", "unhealthy", seconds=20) == "unhealthy", container.state()


def test_health_check_says_no_when_the_service_hangs(docker: Engine, archive: Path) -> None:
    with docker.container(docker.load(archive), *HARDENED, *QUICK_HEALTH, "--health-timeout", "2s") as container:
        assert container.wait_for_health("healthy", seconds=20) == "healthy", container.state()
        docker.run("kill", "--signal", "STOP", container.id)
        assert container.wait_for_health("unhealthy", seconds=20) == "unhealthy", container.state()
        docker.run("kill", "--signal", "CONT", container.id)


def test_podmans_health_check_says_yes_when_it_answers(podman: Engine, archive: Path) -> None:
    # Read as an OCI image it has no health check, as that format knows none; read as Docker's it has.
    image = podman.run("pull", "--quiet", f"docker-archive:{archive}").strip()
    with podman.container(image, *HARDENED) as container:
        assert container.behaviour() == ""
        assert podman.run("healthcheck", "run", container.id).strip() in ("", "healthy")


def test_sigterm_ends_it_at_once_with_0(engine: Engine, image: str) -> None:
    with engine.container(image, *HARDENED) as container:
        assert container.behaviour() == ""
        began = time.monotonic()
        engine.run("kill", "--signal", "TERM", container.id)
        status = engine.run("wait", container.id).strip()
        assert time.monotonic() - began < 2
        assert status == "0", container.logs()
        assert "Stock list ends" in container.logs(), "the service was cut off"


def test_service_is_process_1(docker: Engine, archive: Path) -> None:
    with docker.container(docker.load(archive), *HARDENED) as container:
        assert container.behaviour() == ""
        _, *processes = docker.run("top", container.id, "-o", "pid,user,args").splitlines()
        assert len(processes) == 1, processes
        assert "uvicorn" in processes[0]
