"""Finds servers that listen on the container's own loopback address, where nobody else reaches them."""

import re
from collections.abc import Iterator

from paredown.commands.servers import SERVERS, option
from paredown.rules.interface import Edit, Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import Start, more_words, starts

_LOOPBACK = ("127.", "localhost", "[::1]", "::1")
_EVERYWHERE = "0.0.0.0"  # noqa: S104 (within a container)
_SOCKETS = ("--uds", "--fd", "--unix-socket", "-u")
_CONFIGURATIONS = {"gunicorn": ("-c", "--config"), "hypercorn": ("-c", "--config")}


@rule(
    id="loopback-only",
    severity=Severity.WARNING,
    summary="the server listens on 127.0.0.1",
    why="A container has a loopback address of its own: a published port, another container and a probe of Kubernetes all come from outside, and are refused.",
    sources=(
        "https://www.uvicorn.org/settings/#socket-binding",
        "https://docs.docker.com/engine/network/",
        "https://docs.gunicorn.org/en/stable/settings.html#bind",
    ),
    same_as=("12-factor VII",),
    before='FROM python:3.13-slim\nCMD ["uvicorn", "main:app", "--port", "8000"]\n',
    after='FROM python:3.13-slim\nCMD ["uvicorn", "main:app", "--port", "8000", "--host", "0.0.0.0"]\n',
)
def loopback_only(recipe: Recipe) -> Iterator[Found]:
    for start in starts(recipe):
        server = SERVERS.get(start.program)
        if server is None or not server.loopback or _listens_elsewhere(recipe, start) or (start.program == "flask" and "run" not in start.words):
            continue
        said = option(start.words, server.host) or option(start.words, server.bind)
        if said is None:
            wanted = (server.host[0], _EVERYWHERE) if server.host else (server.bind[0], f"{_EVERYWHERE}:8000")
            yield Found(
                message=f"{start.program} listens on 127.0.0.1 unless it is told where, and nobody outside of the container reaches it there",
                span=start.span, edits=more_words(recipe, start, len(start.words) - 1, *wanted), advice=f"add `{' '.join(wanted)}`",
            )  # fmt: skip
        elif said.startswith(_LOOPBACK):
            index = next(place for place, word in enumerate(start.words) if said in word)
            span = start.place(index)
            written = recipe.dockerfile.text[span.start : span.end]
            everywhere = re.sub(r"127(?:\.\d+){3}|localhost|\[?::1\]?", _EVERYWHERE, written, count=1)
            yield Found(
                message=f"{start.program} listens on {said} only: nobody outside of the container reaches it",
                span=span, edits=(Edit(span, everywhere),) if start.places[index] and everywhere != written else (), advice=f"write {_EVERYWHERE}",
            )  # fmt: skip


def _listens_elsewhere(recipe: Recipe, start: Start) -> bool:
    """Whether a socket, a variable or a file of settings may say where."""
    name = start.program.upper().replace("-", "_")
    told = (f"{name}_HOST", f"{name}_BIND", f"{name}_UDS", "GUNICORN_CMD_ARGS", "FLASK_RUN_HOST", "SANIC_HOST")
    if any(variable in start.environment for variable in told) or any(word.partition("=")[0] in _SOCKETS for word in start.words):
        return True
    if start.program == "gunicorn":
        # With PORT set it listens on 0.0.0.0; its file of settings is found by itself.
        known = recipe.context is not None and not any("gunicorn.conf.py" in recipe.context.names(folder) for folder in (".", "app", "src", "backend"))
        return "PORT" in start.environment or not known or option(start.words, ("-c", "--config")) is not None
    return option(start.words, _CONFIGURATIONS.get(start.program, ())) is not None
