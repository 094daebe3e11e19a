from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from paredown.oci.model import HealthTest
from paredown.probes import configuration
from paredown.probes.configuration import observe
from resting_service import DOCKER, PAREDOWN, differing, seen, service

_PATH = ("PATH", "/opt/venv/bin:/usr/bin:/bin")
_LAUNCHER = ("/usr/bin/python3.13", "-I", "-S", "/opt/paredown/launch.py")


def test_configuration_is_equal_in_another_layout(tmp_path: Path) -> None:
    assert differing(observe, service(tmp_path, DOCKER), service(tmp_path, PAREDOWN)) == []


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"environment": (_PATH,)}, "environment PORT"),
        ({"environment": (_PATH, ("PORT", "9000"))}, "environment PORT"),
        ({"ports": ("9000/tcp",)}, "ports"),
        ({"stop_signal": "SIGINT"}, "stop signal"),
        ({"working_directory": "/"}, "working directory"),
        ({"user": "0"}, "user"),
        ({"user": "nobody"}, "user"),
        ({"volumes": ("/data",)}, "volumes"),
        ({"command": ("fastserve", "main:app", "--port", "9000")}, "command"),
        ({"command": ("/bin/sh", "-c", "fastserve main:app --port 8000")}, "signals"),
        ({"health": HealthTest(test=("CMD", "fastserve"))}, "health check"),
    ],
)
def test_configuration_differs_when_one_setting_does(tmp_path: Path, change: dict[str, Any], key: str) -> None:
    assert differing(observe, service(tmp_path), service(tmp_path, **change)) == [key]


@pytest.mark.parametrize(
    "change",
    [
        {"user": "app"},
        {"user": "10001"},
        {"stop_signal": "15"},
        {"stop_signal": "TERM"},
        {"ports": ("8000",)},
        {"working_directory": "/app/"},
        {"command": ("/opt/venv/bin/fastserve", "main:app", "--port", "8000")},
        {"command": ("python", "-m", "fastserve", "main:app", "--port", "8000")},
        {"command": ("uv", "run", "--frozen", "fastserve", "main:app", "--port", "8000")},
        {"command": (*_LAUNCHER, "fastserve", "main:app", "--port", "8000")},
        {"command": ("main:app", "--port", "8000"), "entrypoint": ("fastserve",)},
        {"command": ("sh", "-c", "exec fastserve main:app --port 8000")},
    ],
)
def test_configuration_is_equal_when_the_same_is_said_in_other_words(tmp_path: Path, change: dict[str, Any]) -> None:
    assert differing(observe, service(tmp_path), service(tmp_path, **change)) == []


def test_command_is_equal_when_a_shell_or_the_launcher_expands_it(tmp_path: Path) -> None:
    by_shell = service(tmp_path, command=("/bin/sh", "-c", "fastserve main:app --port $PORT"))
    by_launcher = service(tmp_path, command=(*_LAUNCHER, "fastserve", "main:app", "--port", "${PORT}"))
    assert differing(observe, by_shell, by_launcher) == []


def test_command_differs_when_a_variable_is_no_longer_expanded(tmp_path: Path) -> None:
    by_shell = service(tmp_path, command=("/bin/sh", "-c", "fastserve main:app --port $PORT"))
    literal = service(tmp_path, command=("fastserve", "main:app", "--port", "$PORT"))
    assert differing(observe, by_shell, literal) == ["command"]


def test_signals_complain_of_a_start_script_that_does_not_become_the_service(tmp_path: Path) -> None:
    script = {"app/start.sh*": b"#!/bin/sh\nfastserve main:app\n"}
    assert seen(observe, service(tmp_path, changes=script, command=("/app/start.sh",)))["signals"] == "process 1 is a shell, sh, which passes no signal on"
    script = {"app/start.sh*": b"#!/bin/sh\nexec fastserve main:app\n"}
    assert seen(observe, service(tmp_path, changes=script, command=("/app/start.sh",)))["signals"] is None


def test_environment_shows_no_secrets(tmp_path: Path) -> None:
    environment = (_PATH, ("DB_PASSWORD", "hunter2"), ("DATABASE_URL", "postgres://me:hunter2@db/x"))
    told = seen(observe, service(tmp_path, environment=environment))
    assert "hunter2" not in repr(told)
    assert told["environment DB_PASSWORD"].startswith("sha256:")
    assert "environment PATH" not in told


def test_health_check_speaks_of_what_is_run_in_seconds(tmp_path: Path) -> None:
    health = HealthTest(test=("CMD-SHELL", "curl -f http://localhost:8000/ || exit 1"), interval=5_000_000_000)
    told = seen(observe, service(tmp_path, health=health))["health check"]
    assert (told["command"], told["interval"], told["retries"]) == (["shell", "curl -f http://localhost:8000/ || exit 1"], 5, 3)
    assert seen(observe, service(tmp_path, health=HealthTest(test=("NONE",))))["health check"] is None
    assert configuration.NAME == "configuration"


@pytest.mark.parametrize("command", [(), ("",), ("/",), ("python", ""), ("sh", "-c", "'"), ("uv", "run", "--frozen"), ("python", "-X")])
def test_command_is_told_when_it_makes_no_sense(tmp_path: Path, command: tuple[str, ...]) -> None:
    told = seen(observe, replace(service(tmp_path), config=replace(service(tmp_path).config, command=command)))
    assert isinstance(told["command"], list)
