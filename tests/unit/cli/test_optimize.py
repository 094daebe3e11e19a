import os
import stat
from pathlib import Path

import pytest

from command_line import CommandLine, project_at

NAIVE = 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD ["python", "main.py"]\n'
WRITE = ("optimize", "service", "--no-build", "-q")


@pytest.fixture
def service(tmp_path: Path) -> Path:
    return project_at(tmp_path / "service", {"Dockerfile": NAIVE})


@pytest.fixture
def paredown(tmp_path: Path) -> CommandLine:
    return CommandLine(folder=tmp_path)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_without_a_place_it_goes_to_stdout_and_nothing_is_written(paredown: CommandLine, service: Path) -> None:
    before = files(service)
    found = paredown.run(*WRITE)
    assert (found.code, found.err) == (0, "")
    assert "FROM python:3.13-slim AS build" in found.out
    assert files(service) == before


def test_a_diff_only_shows(paredown: CommandLine, service: Path) -> None:
    before = files(service)
    found = paredown.run("optimize", "service", "--diff", "--in-place")
    assert found.code == 0, found.err
    assert found.out.startswith("--- Dockerfile\n+++ Dockerfile\n@@")
    assert "\n-FROM python:3.13\n" in found.out
    assert files(service) == before


def test_in_place_keeps_what_the_ignore_file_had(paredown: CommandLine, service: Path) -> None:
    (service / ".dockerignore").write_text("# mine\nlarge-*.bin\n!large-1.bin\n.git\n")
    found = paredown.run(*WRITE, "-i")
    assert (found.code, found.out) == (0, ""), found.err
    ignored = (service / ".dockerignore").read_text()
    assert ignored.startswith("# mine\nlarge-*.bin\n!large-1.bin\n.git\n\n#")
    assert ignored.splitlines().count(".git") == 1
    again = paredown.run(*WRITE, "-i")
    assert (again.code, (service / ".dockerignore").read_text()) == (0, ignored)


def test_in_place_writes_through_a_link_and_keeps_the_mode(paredown: CommandLine, service: Path) -> None:
    real = service / "docker" / "real"
    real.parent.mkdir()
    (service / "Dockerfile").rename(real)
    real.chmod(0o640)
    (service / "Dockerfile").symlink_to("docker/real")
    assert paredown.run(*WRITE, "-i").code == 0
    assert os.readlink(service / "Dockerfile") == "docker/real"
    assert "AS build" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_folder_without_a_dockerfile_gets_one(paredown: CommandLine, service: Path) -> None:
    (service / "Dockerfile").unlink()
    assert paredown.run(*WRITE, "-i").code == 0
    assert "AS build" in (service / "Dockerfile").read_text()
    assert stat.S_IMODE((service / "Dockerfile").stat().st_mode) == 0o644


def test_an_output_leaves_the_one_before_alone(paredown: CommandLine, service: Path) -> None:
    assert paredown.run(*WRITE, "-o", "service/slim.Dockerfile").code == 0
    assert (service / "Dockerfile").read_text() == NAIVE
    assert sorted(files(service)) == ["Dockerfile", "main.py", "paredown.toml", "slim.Dockerfile", "slim.Dockerfile.dockerignore"]


def test_an_output_in_no_folder_is_refused_before_anything_is_done(paredown: CommandLine, service: Path) -> None:
    paredown.run(*WRITE, "-o", "no/Dockerfile").refuses(2, "there is no folder no", fix="mkdir -p no")


def test_a_file_that_may_not_be_written_stays_and_is_told(paredown: CommandLine, service: Path) -> None:
    (service / "Dockerfile").chmod(0o444)
    paredown.run(*WRITE, "-i").refuses(2, "Dockerfile is read-only", where="service/Dockerfile", fix="chmod u+w service/Dockerfile")
    assert (service / "Dockerfile").read_text() == NAIVE
