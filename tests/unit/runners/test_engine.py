from pathlib import Path

import pytest

from builders import image_of, tree_of
from image_layers import images_of
from paredown.errors import UserError, WorldError
from paredown.oci import layout
from paredown.origin import Origin
from paredown.plan import Companion
from paredown.runners.engine import engine_runner
from paredown.runners.engine_machine import check_ports, number_of
from paredown.runners.interface import Runnable
from paredown.store import Store

# Notes its words and answers from the lines of `answers`: a pattern for all of them, an exit status, and a text.
FAKE = """#!/bin/sh
printf '%s\\n' "$*" >> {folder}/calls
while IFS='|' read -r pattern status text; do
  case "$*" in $pattern) [ "$status" = 0 ] && echo "$text" || echo "$text" >&2; exit "$status";; esac
done < {folder}/answers
"""


@pytest.fixture
def fake(tmp_path):
    """A docker on the PATH that answers as it is told; gives a runner that uses it, and what it was called with."""

    def make(*answers: str):
        program = tmp_path / "docker"
        program.write_text(FAKE.format(folder=tmp_path))
        program.chmod(0o755)
        (tmp_path / "answers").write_text("".join(f"{answer}\n" for answer in answers))
        return engine_runner("docker", {"PATH": f"{tmp_path}:/bin:/usr/bin"}, tmp_path)

    return make


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines()


def runnable(tmp_path, *, python=True, path=None):
    tree = tree_of({"usr/bin/python3.13*": b"", "usr/lib/python3.13/os.py": b""} if python else {})
    config = image_of(tree, tmp_path / "store", environment=(("PATH", "/usr/bin"),), command=("python3.13",)).config
    return Runnable(config=config, tree=tree, path=path)


def test_an_engine_that_is_not_there_says_so(tmp_path):
    assert engine_runner("podman", {"PATH": str(tmp_path)}, tmp_path).unavailable() == "podman is not on the PATH"


def test_a_name_that_is_no_engine_is_refused(tmp_path):
    with pytest.raises(UserError, match="there is no engine called 'rkt'"):
        engine_runner("rkt", {}, tmp_path)


def test_a_daemon_that_does_not_answer_is_named_with_its_own_words(fake):
    assert fake("version*|1|Cannot connect to the Docker daemon").unavailable() == "docker does not answer: Cannot connect to the Docker daemon"


def test_an_engine_for_another_system_cannot_run_anything(fake):
    assert fake("version*|0|windows/amd64").unavailable() == "docker runs windows/amd64, not Linux"


def test_an_engine_whose_runtime_fails_cannot_run_anything(fake, tmp_path):
    runner = fake("version*|0|linux/amd64", "import*|0|id", "run*|126|crun: setrlimit: Operation not permitted", "images*|0|id")
    assert runner.unavailable() == "docker can start no container: crun: setrlimit: Operation not permitted"
    assert [call for call in calls(tmp_path) if call.startswith("rmi localhost/paredown-")], "the empty image is left behind"


def test_an_engine_that_finds_no_program_in_an_empty_image_can_run_others(fake):
    assert fake("version*|0|linux/amd64", "import*|0|id", "run*|127|exec: /nothing: no such file").unavailable() is None


def test_an_image_for_another_architecture_is_refused_with_both(fake, tmp_path):
    with (
        pytest.raises(WorldError, match="the image is for linux/amd64, and docker here runs linux/arm64") as caught,
        fake("version*|0|linux/arm64").install(runnable(tmp_path)),
    ):
        pass
    assert "--platform linux/arm64" in caught.value.fix


def test_an_image_without_python_is_refused(fake, tmp_path):
    with pytest.raises(UserError, match="the image has no Python"), fake("version*|0|linux/amd64").install(runnable(tmp_path, python=False)):
        pass


def test_an_image_in_no_file_is_refused(fake, tmp_path):
    with pytest.raises(UserError, match="the image is in no file, from which docker could take it"), fake("version*|0|linux/amd64").install(runnable(tmp_path)):
        pass


def installed(fake, tmp_path):
    path = tmp_path / "image.tar"
    store = Store(tmp_path / "store")
    layout.write_tar(images_of([runnable(tmp_path).tree], store), path, store)
    return fake("version*|0|linux/amd64", "load*|0|Loaded image", "image inspect*|1|No such image").install(runnable(tmp_path, path=path))


def test_what_the_run_made_is_looked_for_by_its_label_when_it_ends(fake, tmp_path):
    with installed(fake, tmp_path) as image:
        run = image.installation.client.run
        assert image.installation.image == f"localhost/paredown-{run}:image"
    assert f"ps --all --quiet --filter label=org.paredown.run={run}" in calls(tmp_path)
    assert f"volume ls --quiet --filter label=org.paredown.run={run}" in calls(tmp_path)


def test_a_companion_by_command_is_refused(fake, tmp_path):
    redis = Companion(name="cache", command=("redis-server",), ports=(6379,), origin=Origin("pyproject.toml", 3))
    with installed(fake, tmp_path) as image, pytest.raises(UserError, match="the companion cache is a command") as caught, image.machine((redis,)):
        pass
    assert caught.value.fix == "give an `image`, or verify in the sandbox"


def test_a_companion_whose_image_is_not_there_is_not_pulled(fake, tmp_path):
    redis = Companion(name="cache", image="redis:8", ports=(6379,), origin=Origin("pyproject.toml", 3))
    with installed(fake, tmp_path) as image, pytest.raises(UserError, match="no image 'redis:8' for the companion cache") as caught, image.machine((redis,)):
        pass
    assert caught.value.fix == "docker pull redis:8"
    assert not [call for call in calls(tmp_path) if call.startswith("pull")]


def test_two_companions_cannot_share_a_port():
    one, other = (Companion(name=name, image="x", ports=(5432,), origin=Origin("pyproject.toml", 3)) for name in ("stock", "users"))
    with pytest.raises(UserError, match="the companions stock and users both take port 5432"):
        check_ports((one, other))


@pytest.mark.parametrize(("name", "number"), [("SIGTERM", 15), ("INT", 2), ("9", 9)])
def test_a_signal_is_known_by_name_and_number(name, number):
    assert number_of(name) == number


def test_a_signal_that_does_not_exist_is_refused():
    with pytest.raises(UserError, match="SIGNOTHING is not a signal"):
        number_of("SIGNOTHING")
