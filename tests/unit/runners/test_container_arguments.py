import pytest

from paredown.origin import Origin
from paredown.plan import Companion
from paredown.runners.container_arguments import companion, creation, launched, owner
from paredown.runners.docker import DOCKER
from paredown.runners.interface import Launch
from paredown.runners.podman import PODMAN

SURROUNDINGS = {"PATH": "/bin", "HOME": "/root", "http_proxy": "http://proxy"}
STOCK = Companion(name="stock", image="stock:1", ports=(5432,), environment=(("PASSWORD", "tell nobody"),), origin=Origin("pyproject.toml", 7))


def words_of(launch, dialect=DOCKER, *, own=(), volumes=None):
    """The words, the surroundings and the file of variables for `launch`."""
    described = launched(launch, "service:1", own, "container:network", volumes or {}, dialect, stdin=False)
    return creation(described, "name", "run", dialect, SURROUNDINGS, "/file")


def holds(words, *wanted):
    return any(tuple(words[at : at + len(wanted)]) == wanted for at in range(len(words)))


@pytest.mark.parametrize("dialect", [DOCKER, PODMAN], ids=["docker", "podman"])
def test_a_launch_is_started_as_described(dialect):
    launch = Launch(argv=("serve", "--port", "80"), user=10001, group=7, working_directory="/app", stop_signal="SIGINT")
    words, _, _ = words_of(launch, dialect)
    assert words[0] == "create"
    for wanted in (("--user", "10001:7"), ("--workdir", "/app"), ("--stop-signal", "SIGINT"), ("--network", "container:network"), ("--pull", "never")):
        assert holds(words, *wanted), wanted
    assert "--no-healthcheck" in words
    assert "--init" not in words
    assert holds(words, "--label", "org.paredown.run=run")
    assert words[words.index("--entrypoint") :][:2] == ["--entrypoint", "serve"]
    assert holds(words, "service:1", "--port", "80")


def test_values_of_variables_stand_in_no_argument():
    launch = Launch(argv=("serve",), environment=(("TOKEN", "tell-nobody"), ("KEY", "two\nlines of it")))
    words, called, text = words_of(launch)
    assert not [word for word in words if "tell-nobody" in word or "lines of it" in word]
    assert text == "TOKEN=tell-nobody\n"
    assert called["KEY"] == "two\nlines of it"
    assert holds(words, "--env-file", "/file")
    assert holds(words, "--env", "KEY")


@pytest.mark.parametrize("value", ["a\nb", "'quoted'", '"quoted"', " around ", "x" * 5000, "a\rb"], ids=repr)
def test_a_value_that_fits_no_line_goes_by_the_surroundings(value):
    words, called, text = words_of(Launch(argv=("serve",), environment=(("NAME", value),)))
    assert (text, called["NAME"]) == ("", value)
    assert holds(words, "--env", "NAME")


def test_what_the_image_sets_already_is_not_said_again():
    launch = Launch(argv=("serve",), environment=(("LANG", "C"), ("PORT", "81")))
    _, _, text = words_of(launch, own=(("LANG", "C"), ("PORT", "80")))
    assert text == "PORT=81\n"


@pytest.mark.parametrize(("dialect", "flag"), [(DOCKER, "--env"), (PODMAN, "--unsetenv")], ids=["docker", "podman"])
def test_a_variable_of_the_image_that_the_program_shall_not_have_is_taken_away(dialect, flag):
    words, called, _ = words_of(Launch(argv=("serve",)), dialect, own=(("HOME", "/srv"),))
    assert holds(words, flag, "HOME")
    assert "HOME" not in called, "Docker would hand the caller's own on"


def test_the_callers_proxy_does_not_reach_the_program():
    assert holds(words_of(Launch(argv=("serve",)))[0], "--env", "http_proxy")
    assert "http_proxy" not in words_of(Launch(argv=("serve",)))[1]
    assert "--http-proxy=false" in words_of(Launch(argv=("serve",)), PODMAN)[0]


@pytest.mark.parametrize("dialect", [DOCKER, PODMAN], ids=["docker", "podman"])
def test_a_read_only_root_leaves_only_what_may_be_written(dialect):
    launch = Launch(argv=("serve",), read_only=True, writable=("/data",))
    words, _, _ = words_of(launch, dialect, volumes={"/data": "volume-1"})
    assert "--read-only" in words
    assert holds(words, "--mount", "type=volume,source=volume-1,target=/data")
    assert [word for word in words if word.startswith("/tmp:")]
    assert ("--read-only-tmpfs=false" in words) == (dialect is PODMAN)


def test_a_tmp_that_is_kept_is_no_file_system_in_memory():
    words, _, _ = words_of(Launch(argv=("serve",), read_only=True, writable=("/tmp",)), volumes={"/tmp": "volume-1"})
    assert "--tmpfs" not in words


def test_without_capabilities_there_is_no_way_to_gain_any():
    words, _, _ = words_of(Launch(argv=("serve",), capabilities=False))
    assert holds(words, "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
    assert "--cap-drop" not in words_of(Launch(argv=("serve",)))[0]


def test_companions_are_known_by_name_in_the_network():
    described = owner("service:1", ("/usr/bin/python3", "-c", "program"), (STOCK,), network=("--network", "none"))
    words, _, _ = creation(described, "name", "run", DOCKER, SURROUNDINGS, "/file")
    assert holds(words, "--network", "none")
    assert holds(words, "--add-host", "stock:127.0.0.1")


def test_a_companion_is_started_as_its_image_says():
    words, _, text = creation(companion(STOCK, "container:network", DOCKER), "name", "run", DOCKER, SURROUNDINGS, "/file")
    assert words[-1] == "stock:1"
    assert not {"--entrypoint", "--user"} & set(words)
    assert text == "PASSWORD=tell nobody\n"
