"""What the image's configuration means: environment, start command, account, ports, folders, signals, health check."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from paredown.oci.model import HealthTest
from paredown.probes.command_meaning import Meaning, meaning
from paredown.probes.interface import Image, Seen
from paredown.probes.surroundings import account_of
from paredown.result import Observation

NAME = "configuration"

_SECRET = re.compile(r"password|passwd|secret|token|key|credential|dsn", re.IGNORECASE)
_SECRET_IN_ADDRESS = re.compile(r"://[^/@\s]*:[^/@\s]*@")
_SECOND = 1_000_000_000
_DEFAULTS = {"interval": 30.0, "timeout": 30.0, "start period": 0.0, "start interval": 5.0}
_SIGNALS = {"1": "SIGHUP", "2": "SIGINT", "3": "SIGQUIT", "9": "SIGKILL", "10": "SIGUSR1", "12": "SIGUSR2", "15": "SIGTERM", "28": "SIGWINCH"}


def observe(image: Image) -> Iterator[Seen]:
    """Each variable under its own key; PATH is observed by what it finds, not as text."""
    config = image.config
    for name, value in config.environment:
        if name != "PATH":
            yield _seen(f"environment {name}", _shown(name, value))
    command = meaning((*config.entrypoint, *config.command), image)
    account = account_of(image)
    yield _seen("platform", f"{config.platform.os}/{config.platform.architecture}")
    yield _seen("command", list(command.words))
    yield Observation(probe=NAME, key="signals", value=_why_no_signals(command), kept=True)
    yield _seen("user", str(account) if account.known else f"{config.user}, whom the image does not know")
    yield _seen("working directory", "/" + (config.working_directory or "/").strip("/"))
    yield _seen("ports", sorted(port if "/" in port else f"{port}/tcp" for port in config.ports))
    yield _seen("volumes", sorted({"/" + volume.strip("/") for volume in config.volumes}))
    yield _seen("stop signal", _signal(config.stop_signal))
    yield _seen("health check", _health(config.health, image))


def health_meaning(health: HealthTest | None, image: Image) -> Meaning | None:
    """What the health check runs; None when there is none."""
    match health.test if health else ():
        case ("CMD", *words) if words:
            return meaning(tuple(words), image)
        case ("CMD-SHELL", text):
            return meaning(("/bin/sh", "-c", text), image)
        case _:
            return None


def _seen(key: str, value: Any) -> Observation:
    return Observation(probe=NAME, key=key, value=value)


def _shown(name: str, value: str) -> str:
    if value and (_SECRET.search(name) or _SECRET_IN_ADDRESS.search(value)):
        return f"sha256:{hashlib.sha256(value.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
    return value


def _why_no_signals(command: Meaning) -> str | None:
    return f"process 1 is a shell, {command.shell}, which passes no signal on" if command.shell else None


def _signal(name: str) -> str:
    name = name.upper() or "SIGTERM"
    return _SIGNALS.get(name, name if name.isdigit() or name.startswith("SIG") else f"SIG{name}")


def _health(health: HealthTest | None, image: Image) -> dict[str, Any] | None:
    command = health_meaning(health, image)
    if health is None or command is None:
        return None
    times = {"interval": health.interval, "timeout": health.timeout, "start period": health.start_period, "start interval": health.start_interval}
    seconds = {name: time / _SECOND if time else _DEFAULTS[name] for name, time in times.items()}
    return {"command": list(command.words), "retries": health.retries or 3, **seconds}
