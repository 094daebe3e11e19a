"""`paredown optimize` with real engines: both Dockerfiles built and proven, failures told, nothing left behind."""

import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import CommandLine
from engines import Engine

SERVICE = """\
import http.server, os, signal, sys
import iniconfig

class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path in ("/", "/stock")
        body = iniconfig.__name__.encode() if found else b"there is no such page"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8000"))), Shop).serve_forever()
"""
NAIVE = 'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nENV PORT=8000\nEXPOSE 8000\nCMD ["python", "shop.py"]\n'


@pytest.fixture
def paredown(docker: Engine, bases: tuple[str, str], tmp_path: Path) -> CommandLine:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/docker").symlink_to(docker.program)
    return CommandLine(folder=tmp_path, environment={"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"})


@pytest.fixture
def shop(docker: Engine, tmp_path: Path) -> Iterator[Path]:
    """A small service with a Dockerfile as people write it; its images are gone afterwards."""
    folder = tmp_path / f"shop-{os.getpid()}"
    folder.mkdir()
    for name, text in {"shop.py": SERVICE, "requirements.txt": "iniconfig==2.1.0\n", "Dockerfile": NAIVE}.items():
        (folder / name).write_text(text)
    yield folder
    subprocess.run([docker.program, "rmi", "--force", *images(docker, folder)], capture_output=True, check=False)


def images(engine: Engine, project: Path) -> list[str]:
    return sorted(engine.run("images", "--format", "{{.Repository}}:{{.Tag}}", project.name).split())


def contents(folder: Path) -> dict[str, str]:
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()}


def left(engine: Engine, paredown: CommandLine, project: Path) -> list[str]:
    """Names in the engine, containers and scratch folders that a run leaves behind."""
    names = [name for name in images(engine, project) if name.endswith("-changed")]
    containers = engine.run("ps", "--all", "--quiet", "--filter", "label=paredown").split()
    return [*names, *containers, *(str(path) for path in paredown.store.glob("scratch/*"))]


def test_both_dockerfiles_are_built_and_proven_equivalent(docker: Engine, paredown: CommandLine, shop: Path, tmp_path: Path) -> None:
    before = contents(shop)
    found = paredown.run("optimize", shop, "--engine", "docker", "--runner", "docker", "--report", tmp_path / "report.html", seconds=300)
    assert found.code == 0, found.err
    assert found.out.startswith("# shop")
    assert "FROM python:3.13-slim AS build" in found.out
    assert "equivalent" in found.err
    assert images(docker, shop) == [f"{shop.name}:before", f"{shop.name}:optimized"]
    assert (tmp_path / "report.html").read_text().startswith("<!")
    assert contents(shop) == before
    assert left(docker, paredown, shop) == []


def test_a_plain_project_gets_a_dockerfile_that_builds_and_starts(docker: Engine, paredown: CommandLine, shop: Path) -> None:
    (shop / "Dockerfile").unlink()
    (shop / "paredown.toml").write_text('command = "python shop.py"\nports = [8000]\n')
    found = paredown.run("optimize", shop, "--in-place", "--engine", "docker")
    assert found.code == 0, found.err
    assert "there is no Dockerfile before to compare it with" in found.err
    assert {path.name for path in shop.iterdir()} >= {"Dockerfile", ".dockerignore"}
    with docker.container(f"{shop.name}:optimized", "--read-only", "--cap-drop", "ALL") as container:
        assert fetched(container.url) == "iniconfig"
    assert left(docker, paredown, shop) == []


def test_a_distroless_image_is_built_and_works_without_a_shell(docker: Engine, distroless: None, paredown: CommandLine, shop: Path) -> None:
    (shop / "Dockerfile").unlink()
    (shop / "paredown.toml").write_text('command = "python shop.py --port ${PORT:-8000}"\nports = [8000]\n')
    found = paredown.run("optimize", shop, "--style", "distroless", "--in-place", "--engine", "docker", seconds=200)
    assert found.code == 0, found.err
    image = f"{shop.name}:optimized"
    asked = "import getpass, os; print(getpass.getuser(), os.stat('/home').st_uid, os.stat('/home/app').st_uid, os.path.exists('/bin/sh'))"
    assert docker.run("run", "--rm", image, "python", "-c", asked).split() == ["app", "0", "10001", "False"]
    check = json.loads(docker.run("inspect", "--format", "{{json .Config.Healthcheck.Test}}", image))
    with docker.container(image, "--read-only", "--cap-drop", "ALL") as container:
        assert fetched(container.url) == "iniconfig"
        docker.run("run", "--rm", "--network", f"container:{container.id}", image, *check[1:])


def test_a_step_that_fails_is_told_with_its_last_lines_and_its_place(docker: Engine, paredown: CommandLine, shop: Path) -> None:
    (shop / "Dockerfile").write_text(NAIVE.replace("ENV PORT", "RUN echo it goes wrong && \\\n    false\nENV PORT"))
    found = paredown.run("optimize", shop, "--engine", "docker", "--in-place")
    assert found.code == 2, found.err
    assert "error: the build fails at `RUN echo it goes wrong &&" in found.err
    assert "| it goes wrong" in found.err
    assert "--> Dockerfile:5" in found.err
    assert "it goes wrong" in (shop / "Dockerfile").read_text()
    assert left(docker, paredown, shop) == []


def test_nothing_is_left_behind_when_it_is_interrupted(docker: Engine, paredown: CommandLine, shop: Path) -> None:
    (shop / "Dockerfile").write_text(NAIVE.replace("ENV PORT", "RUN sleep 50\nENV PORT"))
    before = contents(shop)
    running = paredown.start("optimize", shop, "--engine", "docker")
    last = time.monotonic() + 60
    while not list(paredown.store.glob("scratch/*/contexts-*")) and time.monotonic() < last:
        time.sleep(0.1)
    time.sleep(2)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130, err
    assert contents(shop) == before
    assert left(docker, paredown, shop) == []


@pytest.mark.parametrize("name", ["podman", "buildah"])
def test_other_engines_build_and_prove_it_too(name: str, building: dict[str, str], docker: Engine, tmp_path: Path, shop: Path) -> None:
    paredown = CommandLine(folder=tmp_path, environment={**building, "PATH": f"{building['PATH']}:{os.environ['PATH']}"})
    found = paredown.run("optimize", shop, "--engine", name, "--runner", "podman", seconds=600)
    assert found.code == 0, found.err
    assert "equivalent" in found.err
    names = [f"localhost/{shop.name}:before", f"localhost/{shop.name}:optimized"]
    subprocess.run(["podman", "rmi", "--force", "--ignore", *names], env=building, check=True)


def fetched(url: str) -> str:
    import urllib.request

    for _ in range(50):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    return ""
