"""The servers that Python services run under: how each is started, which options it takes, where it listens."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A program, the distribution that brings it, and its listening options. `loopback` when it listens on 127.0.0.1 if not told otherwise."""

    distribution: str
    host: tuple[str, ...] = ()
    port: tuple[str, ...] = ()
    bind: tuple[str, ...] = ()  # options that take HOST:PORT
    default_port: int | None = None
    loopback: bool = False
    foreign: Mapping[str, str] | None = None  # options of other servers that it refuses, and its own word for them


SERVERS: Mapping[str, Server] = {
    "uvicorn": Server(
        distribution="uvicorn", host=("--host",), port=("--port",), default_port=8000, loopback=True,
        # `uvicorn --help` and `gunicorn --help`: the same wish has another name in each.
        foreign={
            "--max-requests": "--limit-max-requests", "--max-requests-jitter": "--limit-max-requests-jitter", "--chdir": "--app-dir",
            "--bind": "--host and --port", "-b": "--host and --port", "--worker-class": "--loop and --http", "-k": "--loop and --http",
            "--threads": "--workers", "-w": "--workers", "--access-logfile": "--access-log", "--graceful-timeout": "--timeout-graceful-shutdown",
            "--timeout": "--timeout-keep-alive", "--keep-alive": "--timeout-keep-alive",
        },
    ),
    "gunicorn": Server(
        distribution="gunicorn", bind=("--bind", "-b"), default_port=8000, loopback=True,
        foreign={
            "--host": "--bind HOST:PORT", "--port": "--bind HOST:PORT", "--limit-max-requests": "--max-requests", "--app-dir": "--chdir",
            "--factory": "`module:create_app()`", "--proxy-headers": "--forwarded-allow-ips", "--timeout-keep-alive": "--keep-alive",
        },
    ),
    "hypercorn": Server(distribution="hypercorn", bind=("--bind", "-b"), default_port=8000, loopback=True),
    "granian": Server(distribution="granian", host=("--host",), port=("--port",), default_port=8000, loopback=True),
    "daphne": Server(distribution="daphne", host=("--bind", "-b"), port=("--port", "-p"), default_port=8000, loopback=True),
    "waitress-serve": Server(distribution="waitress", host=("--host",), port=("--port",), bind=("--listen",), default_port=8080),
    "fastapi": Server(distribution="fastapi-cli", host=("--host",), port=("--port",), default_port=8000),
    "flask": Server(distribution="flask", host=("--host", "-h"), port=("--port", "-p"), default_port=5000, loopback=True),
    "litestar": Server(distribution="litestar", host=("--host", "-H"), port=("--port", "-p"), default_port=8000, loopback=True),
    "streamlit": Server(distribution="streamlit", host=("--server.address",), port=("--server.port",), default_port=8501),
    "sanic": Server(distribution="sanic", host=("--host", "-H"), port=("--port", "-p"), default_port=8000, loopback=True),
    "chainlit": Server(distribution="chainlit", host=("--host",), port=("--port",), default_port=8000, loopback=True),
    "celery": Server(distribution="celery"),
    "arq": Server(distribution="arq"),
    "rq": Server(distribution="rq"),
    "dramatiq": Server(distribution="dramatiq"),
    "taskiq": Server(distribution="taskiq"),
}  # fmt: skip
WORKERS = frozenset(("celery", "arq", "rq", "dramatiq", "taskiq"))
_ANY_PORT = ("--port", "-p", "--http-port", "--server.port")
_LAST_NUMBER = re.compile(r"(?:^|[:\]])(\d{1,5}|\$\{?\w+(?::-\d+)?\}?)$")


def program(words: tuple[str, ...]) -> str:
    """The program that words start: `python -m uvicorn` is uvicorn."""
    if words[:2] == ("python", "-m") and len(words) > 2:
        return words[2]
    return words[0] if words else ""


def option(words: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    """The last value of any of the options, written `--a b`, `--a=b` or `-ab`."""
    found: str | None = None
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        if word in names and index + 1 < len(words):
            found = words[index + 1]
        elif equals and name in names:
            found = value
        elif len(word) > 2 and word[0] == "-" and word[1] != "-" and word[:2] in names:
            found = word[2:]
    return found


def port_of(words: tuple[str, ...], environment: Mapping[str, str]) -> int | None:
    """The port that the command listens on, by its options, variables taken from `environment`; None when they do not tell."""
    server = SERVERS.get(program(words))
    text = option(words, server.port if server else _ANY_PORT)
    bound = option(words, server.bind) if server else None
    if text is None and bound is not None:
        last = _LAST_NUMBER.search(bound)
        text = last[1] if last else None
    if text is None and words[-2:-1] == ("runserver",):
        text = words[-1].rpartition(":")[2]
    if text is None and server is not None and program(words) != "gunicorn":
        return server.default_port
    return _number(text, environment) if text is not None else None


def _number(text: str, environment: Mapping[str, str]) -> int | None:
    variable = re.fullmatch(r"\$\{?(\w+)(?::-(\d+))?\}?", text)
    if variable:
        text = environment.get(variable[1]) or variable[2] or ""
    return int(text) if text.isdigit() and 0 < int(text) < 65536 else None
