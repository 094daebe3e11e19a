import os
import sys
from pathlib import Path

import pytest

from paredown.backends import backend_named, find_backend
from paredown.backends.build import build
from paredown.backends.interface import Backend, Order
from paredown.errors import UserError, WorldError

BUILDKIT = """#4 [internal] load build definition
#7 [build 3/5] RUN --mount=type=cache,target=/c   apt-get install -y nothing
#7 0.345 Reading package lists...
#7 1.2 E: Unable to locate package nothing
#7 ERROR: process "/bin/sh -c apt-get install -y nothing" did not complete successfully: exit code: 100
------
 > [build 3/5] RUN apt-get install -y nothing:
------
"""
CLASSIC = 'STEP 1/2: FROM a\nSTEP 2/2: RUN false\nError: building at STEP "RUN false": exit status 1\n'
DOCKERFILE = "FROM a AS build\n# why\nRUN true\nRUN --mount=type=cache,target=/c \\\n    apt-get install -y nothing\n"


def engine(folder: Path, output: str, status: int, version: str = "26.1.5", name: str = "docker") -> dict[str, str]:
    """A program `name` that says its version, keeps its last arguments, and builds with `output` and `status`."""
    program = folder / name
    program.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"if sys.argv[1] in ('version', 'info', '--version'): print({version!r}); sys.exit()\n"
        f"if sys.argv[1] == 'buildx': sys.exit(1)\n"
        f"open({str(folder / 'asked')!r}, 'w').write('\\n'.join(sys.argv[1:]))\nprint({output!r})\nsys.exit({status})\n"
    )
    program.chmod(0o755)
    return {"PATH": str(folder)}


def order(folder: Path, **more: object) -> Order:
    (folder / "Dockerfile").write_text(DOCKERFILE)
    return Order(dockerfile=folder / "Dockerfile", context=folder, tag="service:new", **more)  # type: ignore[arg-type]


def test_a_build_hands_on_the_tag_the_file_and_the_users_options(tmp_path: Path) -> None:
    surroundings = engine(tmp_path, "done", 0)
    made = build(backend_named("docker", surroundings), order(tmp_path, options=("--cache-from", "x"), cached=False), surroundings)
    asked = (tmp_path / "asked").read_text().split("\n")
    assert asked == [
        "build",
        "--progress=plain",
        "--no-cache",
        "--tag",
        "service:new",
        "--file",
        str(tmp_path / "Dockerfile"),
        "--cache-from",
        "x",
        str(tmp_path),
    ]
    assert made.tag == "service:new"


def test_a_step_that_fails_is_shown_with_its_last_lines_and_its_place(tmp_path: Path) -> None:
    surroundings = engine(tmp_path, BUILDKIT, 1)
    with pytest.raises(UserError, match="fails at `RUN apt-get install -y nothing`") as caught:
        build(backend_named("docker", surroundings), order(tmp_path), surroundings)
    assert caught.value.where == "Dockerfile:4"
    assert "E: Unable to locate package nothing" in caught.value.what


def test_a_step_that_fails_in_podman_is_shown_too(tmp_path: Path) -> None:
    surroundings = engine(tmp_path, CLASSIC, 125)
    backend = Backend(name="podman", program=str(tmp_path / "docker"), version="4", link=True)
    with pytest.raises(UserError, match="fails at `RUN false`"):
        build(backend, order(tmp_path), surroundings)


def test_a_failure_before_any_step_is_the_worlds(tmp_path: Path) -> None:
    surroundings = engine(tmp_path, "no space left on device", 1)
    with pytest.raises(WorldError, match="no space left"):
        build(backend_named("docker", surroundings), order(tmp_path), surroundings)


def test_a_docker_without_buildx_says_what_to_install(tmp_path: Path) -> None:
    surroundings = engine(tmp_path, "ERROR: BuildKit is enabled but the buildx component is missing or broken.\n https://docs.docker.com/go/buildx/", 1)
    with pytest.raises(WorldError, match="plug-in buildx, which is not installed") as caught:
        build(backend_named("docker", surroundings), order(tmp_path), surroundings)
    assert caught.value.fix is not None
    assert "go/buildx" in caught.value.fix


@pytest.mark.parametrize(
    ("name", "version", "link"),
    [
        ("docker", "20.10.24+dfsg1", False),
        ("docker", "23.0.0", True),
        ("docker", "29.1.0", True),
        ("podman", "4.3.1", False),
        ("podman", "5.6.0", True),
        ("buildah", "buildah version 1.28.2 (image-spec 1.0.2-dev, runtime-spec 1.0.2-dev)", False),
        ("buildah", "buildah version 1.41.0 (image-spec 1.1.1, runtime-spec 1.2.1)", True),
    ],
)
def test_engines_that_know_links(tmp_path: Path, name: str, version: str, link: bool) -> None:
    assert backend_named(name, engine(tmp_path, "", 0, version, name)).link is link


def test_no_engine_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="docker is not on the PATH; podman is not on the PATH; buildah is not on the PATH") as caught:
        find_backend({"PATH": str(tmp_path)})
    assert caught.value.fix is not None
    assert "--no-build" in caught.value.fix
    assert os.listdir(tmp_path) == []
