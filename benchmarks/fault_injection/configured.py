"""Kinds of faults in what the image's configuration says: its environment, command, health check, stop signal and working directory."""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.fault_injection.faults import kind
from benchmarks.fault_injection.mutants import Fault, File, Good

_Edit = Callable[[dict[str, Any]], None]
_MATTER = ("PATH", "APP_ENV", "OMP_THREAD_LIMIT", "HOME")

# Programs around the service: none passes on what process 1 is told.
_SWALLOWS_SIGNALS = "import subprocess,sys; sys.exit(subprocess.call(sys.argv[1:]))"
_IGNORES_SIGTERM = "import subprocess,signal,sys; signal.signal(signal.SIGTERM,signal.SIG_IGN); sys.exit(subprocess.call(sys.argv[1:]))"
_BUFFERS = """\
import signal, subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
signal.signal(signal.SIGTERM, lambda *_: child.terminate())
with open(1, "wb", 1 << 16, closefd=False) as out:
    for line in child.stdout:
        out.write(line)
sys.exit(child.wait())
"""


def _environment(change: Callable[[dict[str, str]], object]) -> _Edit:
    def edit(config: dict[str, Any]) -> None:
        variables = dict(line.split("=", 1) for line in config.get("Env", []))
        change(variables)
        config["Env"] = [f"{name}={value}" for name, value in variables.items()]

    return edit


def _below(program: str) -> _Edit:
    return lambda config: config.update(Cmd=["python3", "-c", program, *config["Cmd"]])


@kind("environment variable removed")
def _variable(good: Good) -> Iterator[Fault]:
    there = dict(good.image.config.environment)
    for name in (each for each in _MATTER if each in there):
        edit = _environment(lambda variables, name=name: variables.pop(name))  # type: ignore[misc]
        yield Fault(kind="environment variable removed", what=f"{name}={there[name]} removed", config=edit)


@kind("order of PATH")
def _path(good: Good) -> Iterator[Fault]:
    decoy = File(b"#!/usr/bin/python3\nraise SystemExit(3)\n", 0o755)
    program = posixpath.basename(good.image.config.command[0])
    reverse = _environment(lambda variables: variables.update(PATH=":".join(reversed(variables["PATH"].split(":")))))
    yield Fault(kind="order of PATH", what=f"another `{program}` is found first", write={f"usr/bin/{program}": decoy}, config=reverse)


@kind("locale of another encoding")
def _locale(good: Good) -> Iterator[Fault]:
    plain = {"LANG": "POSIX", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    yield Fault(kind="locale of another encoding", what="texts and file names are ASCII", config=_environment(lambda variables: variables.update(plain)))


@kind("command in shell form")
def _shell(good: Good) -> Iterator[Fault]:
    edit = lambda config: config.update(Cmd=["/bin/sh", "-c", " ".join(config["Cmd"])])  # noqa: E731
    yield Fault(kind="command in shell form", what="the command runs below a shell that the image has not", config=edit)
    yield Fault(kind="command in shell form", what="the command runs below a process that passes no signals on", config=_below(_SWALLOWS_SIGNALS))


@kind("health check that says what is not so")
def _health(good: Good) -> Iterator[Fault]:
    def test(*words: str) -> _Edit:
        return lambda config: config["Healthcheck"].update(Test=["CMD", *words])

    elsewhere = "import urllib.request as u; u.urlopen('http://127.0.0.1:9/')"
    yield Fault(kind="health check that says what is not so", what="it always says yes", config=test("python3", "-c", "pass"))
    yield Fault(kind="health check that says what is not so", what="it calls curl, which is not there", config=test("curl", "-f", "http://localhost/health"))
    yield Fault(kind="health check that says what is not so", what="it asks another port", config=test("python3", "-c", elsewhere))


@kind("output lost in a buffer")
def _buffered(good: Good) -> Iterator[Fault]:
    yield Fault(kind="output lost in a buffer", what="the log goes through a buffer of 64 KiB", config=_below(_BUFFERS))


@kind("SIGTERM ignored")
def _signal(good: Good) -> Iterator[Fault]:
    yield Fault(kind="SIGTERM ignored", what="process 1 ignores SIGTERM and starts the service below", config=_below(_IGNORES_SIGTERM))
    edit = lambda config: config.update(StopSignal="SIGURG")  # noqa: E731
    yield Fault(kind="SIGTERM ignored", what="the stop signal is one that nobody listens to", config=edit)


@kind("another port")
def _port(good: Good) -> Iterator[Fault]:
    def change(config: dict[str, Any]) -> None:
        config["Env"] = [*config["Env"], "PORT=9191"]
        config["Cmd"] = [re.sub(r"^(?:8000|8080|9000)$|(?<=:)(?:8000|8080|9000)$", "9191", word) for word in config["Cmd"]]

    yield Fault(kind="another port", what="it listens on 9191", config=change)


@kind("port cannot be chosen")
def _fixed_port(good: Good) -> Iterator[Fault]:
    if "PORT" in dict(good.image.config.environment):
        edit = lambda config: config.update(Cmd=[*config["Cmd"], "--bind", "0.0.0.0:8080"])  # noqa: E731
        yield Fault(kind="port cannot be chosen", what="it listens on 8080 whatever PORT says", config=edit)


@kind("listens on loopback only")
def _loopback(good: Good) -> Iterator[Fault]:
    def change(config: dict[str, Any]) -> None:
        words = [word.replace("0.0.0.0", "127.0.0.1") for word in config["Cmd"]]
        config["Cmd"] = words if words != config["Cmd"] else [*words, "--bind", "127.0.0.1:8080"]

    yield Fault(kind="listens on loopback only", what="it listens on 127.0.0.1", config=change)


@kind("working directory")
def _directory(good: Good) -> Iterator[Fault]:
    yield Fault(kind="working directory", what="it starts in /", config=lambda config: config.update(WorkingDir="/"))
