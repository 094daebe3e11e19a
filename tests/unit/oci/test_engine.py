import os

import pytest

from paredown.errors import WorldError
from paredown.oci.engine import Engine, find_engine, load


def program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def environment(tmp_path):
    return {"PATH": str(tmp_path)}


def test_find_engine_takes_docker_before_podman(tmp_path, environment):
    docker = program(tmp_path, "docker", "exit 0")
    program(tmp_path, "podman", "exit 0")
    assert find_engine(environment) == Engine("docker", docker)


def test_find_engine_takes_podman_when_docker_does_not_answer(tmp_path, environment):
    program(tmp_path, "docker", "echo no daemon >&2; exit 1")
    podman = program(tmp_path, "podman", "exit 0")
    assert find_engine(environment) == Engine("podman", podman)


def test_find_engine_says_that_there_is_none(environment):
    with pytest.raises(WorldError, match="neither docker nor podman is on the PATH") as caught:
        find_engine(environment)
    assert caught.value.fix == "install one, or write a file with `--output image.tar`"


def test_find_engine_says_why_none_answers(tmp_path, environment):
    program(tmp_path, "docker", "echo Cannot connect to the daemon >&2; exit 1")
    with pytest.raises(WorldError, match=r"no container engine answers \(docker: Cannot connect to the daemon\)"):
        find_engine(environment)


@pytest.mark.parametrize("said", ["Loaded image: service:1", "Loaded image(s): service:1", "Loading layer 1/3\nLoaded image: service:1"])
def test_load_gives_the_reference_that_the_engine_names(tmp_path, environment, said):
    docker = program(tmp_path, "docker", f"[ \"$*\" = 'load --input {tmp_path}/a b.tar' ] && printf '{said}\\n'")
    assert load(tmp_path / "a b.tar", Engine("docker", docker), environment) == "service:1"


def test_podman_takes_the_tar_as_a_docker_archive_which_keeps_the_health_check(tmp_path, environment):
    pull = f"'pull --quiet docker-archive:{tmp_path}/a.tar') echo 0abc;;"
    script = f"case \"$*\" in {pull} 'image inspect --format '*' 0abc') echo localhost/service:1;; *) exit 1;; esac"
    podman = program(tmp_path, "podman", script)
    assert load(tmp_path / "a.tar", Engine("podman", podman), environment) == "localhost/service:1"


def test_load_gives_the_engines_own_words_when_it_refuses(tmp_path, environment):
    docker = program(tmp_path, "docker", "echo disk full >&2; exit 1")
    with pytest.raises(WorldError, match="docker did not take the image: disk full"):
        load(tmp_path / "x.tar", Engine("docker", docker), environment)


def test_load_says_when_the_engine_is_too_old_for_zstd(tmp_path, environment):
    docker = program(tmp_path, "docker", "echo 'Error processing tar file(exit status 1): archive/tar: invalid tar header' >&2; exit 1")
    with pytest.raises(WorldError, match="docker cannot read the image's layers, which are not gzip") as caught:
        load(tmp_path / "x.tar", Engine("docker", docker), environment)
    assert "--compression gzip" in caught.value.fix


def test_load_passes_only_the_callers_environment(tmp_path, environment):
    docker = program(tmp_path, "docker", 'echo "Loaded image: ${SECRET:-none}"')
    os.environ["SECRET"] = "leaked"
    try:
        assert load(tmp_path / "x.tar", Engine("docker", docker), environment) == "none"
    finally:
        del os.environ["SECRET"]
