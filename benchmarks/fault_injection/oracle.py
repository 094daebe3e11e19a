"""Whether a broken image does harm, by the service's own functional tests and what an operator sees of it in Docker; nothing of `verify` is asked.

A mutant is harmful when any answer here is another than the good image gives. Once one shows harm no more is asked.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.stand_ins import docker

DOCKER = docker()
_GRACE = 10
_KILLED = 137
# What is so in the good images; who wants to know more asks only then.
_WELL = {"started": True, "passed": True, "health check says yes": True, "ends in time": True}


def answers(layout: Path, behaviour: Path, port: int, expected: Mapping[str, str], wrong: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What the image in `layout` does, as `answers_of` tells it."""
    name = f"paredown-fault-{uuid.uuid4().hex[:12]}"
    _run("skopeo", "--insecure-policy", "copy", "--quiet", f"oci:{layout}", f"docker-daemon:{name}:latest", check=True)
    try:
        return answers_of(name, behaviour, port, expected, wrong)
    finally:
        _run(DOCKER, "image", "rm", "--force", name)


def wrong_before(name: str, behaviour: Path, port: int, expected: Mapping[str, str]) -> frozenset[str]:
    """The behaviours that the engine's image `name` does not have to begin with, as where its base is one that lacks what the service was written on."""
    return _wrong(_first_start(name, behaviour, port, expected, frozenset()).get("behaviours", []))


def answers_of(name: str, behaviour: Path, port: int, expected: Mapping[str, str], wrong: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What the engine's image `name` does: each behaviour, its health check, its log, its end, and starts as another user and on another port.

    `expected` is the good image's environment: what of it the service tells is a behaviour, and PORT is one that an operator may choose.
    Those of the behaviours that are `wrong` before anything was done to the image may be so.
    """
    found: dict[str, Any] = _first_start(name, behaviour, port, expected, wrong)
    if _WELL.items() <= found.items():
        found["as another user"] = any(_starts(name, port, "--user", "54321:0") for _ in range(2))  # twice: the machine may be busy
        if "PORT" in expected:
            found["on another port"] = _starts(name, 9753, "--env", "PORT=9753")
        found["health check says no"] = _health_when_down(name)
    return found


def _first_start(name: str, behaviour: Path, port: int, expected: Mapping[str, str], wrong: frozenset[str]) -> dict[str, Any]:
    started = _start(name, port)
    if started is None:
        return {"started": False}
    container, url = started
    try:
        if not _answers(url, container):
            return {"started": False, "running": _run(DOCKER, "inspect", "--format", "{{.State.Running}}", container).stdout.strip()}
        environment = {**os.environ, **{f"EXPECT_{name}": value for name, value in expected.items() if name.startswith("APP_")}}
        try:
            tests = subprocess.run([sys.executable, str(behaviour), url], env=environment, capture_output=True, text=True, timeout=300, check=False)
        except subprocess.TimeoutExpired:  # a service that hangs
            return {"started": True, "behaviours": [], "passed": False}
        behaviours = [line.partition(":")[0] for line in tests.stdout.splitlines()]
        passed = _wrong(behaviours) <= wrong if tests.returncode and wrong else tests.returncode == 0
        found: dict[str, Any] = {"started": True, "behaviours": behaviours, "passed": passed}
        if not found["passed"]:
            return found
        health = _health(name)
        found["health check says yes"] = bool(health) and _run(DOCKER, "exec", container, *health).returncode == 0
        _run(DOCKER, "stop", "--time", str(_GRACE), container)
        found["exit status"] = json.loads(_run(DOCKER, "inspect", container).stdout)[0]["State"]["ExitCode"]
        found["ends in time"] = found["exit status"] != _KILLED
        return found | {"log before a kill": _logged(name, port)} if _WELL.items() <= found.items() else found
    finally:
        _run(DOCKER, "rm", "--force", "--volumes", container)


def _wrong(behaviours: list[str]) -> frozenset[str]:
    return frozenset(line for line in behaviours if line.startswith("wrong"))


def _logged(name: str, port: int) -> bool | None:
    """Whether the line of a request is in the log of a service that is killed half a second later."""
    started = _start(name, port)
    if started is None:
        return None
    container, url = started
    try:
        _answers(url, container)
        marker = f"/{uuid.uuid4().hex}"
        _status(url + marker)
        time.sleep(0.5)
        _run(DOCKER, "kill", container)
        logs = _run(DOCKER, "logs", container)
        return marker in logs.stdout + logs.stderr
    finally:
        _run(DOCKER, "rm", "--force", "--volumes", container)


def _starts(name: str, port: int, *options: str) -> bool:
    started = _start(name, port, *options)
    if started is None:
        return False
    try:
        return _answers(started[1], started[0])
    finally:
        _run(DOCKER, "rm", "--force", "--volumes", started[0])


def _health_when_down(name: str) -> bool | None:
    words = _health(name)
    if not words:
        return None
    return _run(DOCKER, "run", "--rm", "--network", "none", "--entrypoint", words[0], name, *words[1:]).returncode == 1


def _health(name: str) -> list[str]:
    """The image's health check as words, [] without one."""
    test = (json.loads(_run(DOCKER, "image", "inspect", name).stdout)[0]["Config"].get("Healthcheck") or {}).get("Test") or []
    return test[1:] if test[:1] == ["CMD"] else ["/bin/sh", "-c", *test[1:]] if test[:1] == ["CMD-SHELL"] else []


def _start(name: str, port: int, *options: str) -> tuple[str, str] | None:
    """The container and the URL that leads to `port` in it; None when Docker cannot start it or it has ended at once."""
    made = _run(DOCKER, "run", "--detach", "--no-healthcheck", "--publish", f"127.0.0.1::{port}", *options, name)
    container = made.stdout.strip()
    if made.returncode != 0:
        if container:
            _run(DOCKER, "rm", "--force", "--volumes", container)
        return None
    where = _run(DOCKER, "port", container, str(port)).stdout.strip().splitlines()
    if not where:
        _run(DOCKER, "rm", "--force", "--volumes", container)
        return None
    return container, f"http://{where[0]}"


def _answers(url: str, container: str, seconds: float = 90) -> bool:
    """Whether it answers before it ends or the time is over."""
    end = time.monotonic() + seconds
    with subprocess.Popen((DOCKER, "wait", container), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as waiting:
        try:
            while time.monotonic() < end and waiting.poll() is None:
                if _status(url + "/health"):
                    return True
                time.sleep(0.2)
            return False
        finally:
            waiting.kill()


def _status(url: str) -> int:
    with suppress(urllib.error.HTTPError, OSError), urllib.request.urlopen(url, timeout=5) as answer:
        return int(answer.status)
    return 0


def _run(*argv: str, check: bool = False) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, errors="replace", timeout=120, check=check)
