"""What a Dockerfile's health check does, and the ports that its service, its EXPOSE and its health check name."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.commands.servers import SERVERS, port_of
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Span
from paredown.rules.recipe import Recipe
from paredown.rules.service import Start, starts

_LOCAL = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d{2,5})(?!\d)")
_PROXIES = frozenset(("nginx", "supervisord", "caddy", "haproxy", "apache2", "httpd", "traefik"))


@dataclass(frozen=True, slots=True)
class Port:
    """A port's number, and where it stands."""

    number: int
    span: Span


def health_check(recipe: Recipe) -> Step | None:
    """The HEALTHCHECK of the image that checks something; None when there is none, or `HEALTHCHECK NONE`."""
    step = recipe.final.last("HEALTHCHECK")
    return step if step is not None and step.instruction.inner is not None else None


def exposed_ports(recipe: Recipe) -> Iterator[Port]:
    """The TCP ports that EXPOSE names, ranges left out."""
    for step in recipe.final.all_steps():
        for word in step.instruction.words if step.instruction.name == "EXPOSE" else ():
            number, _, protocol = step.state.expand(word.text).rpartition(":")[2].partition("/")
            if number.isdigit() and protocol.lower() in ("", "tcp"):
                yield Port(int(number), word.span)


def checked_port(recipe: Recipe) -> Port | None:
    """The port of this container that the health check asks."""
    step = health_check(recipe)
    if step is None or step.instruction.inner is None:
        return None
    arguments = step.instruction.inner.arguments
    found = list(_LOCAL.finditer(arguments.text))
    return Port(int(found[0][1]), arguments.span(found[0].start(1), found[0].end(1))) if len({one[1] for one in found}) == 1 else None


def served_port(recipe: Recipe) -> tuple[Start, int] | None:
    """The one service that the image starts, and the port it listens on; None when that is not certain."""
    known = starts(recipe)
    if any(not _PROXIES.isdisjoint((start.program, *start.words)) or start.program.endswith(".sh") for start in known):
        return None
    found = [(start, port) for start in known if (port := _port(start)) is not None]
    return found[0] if len(found) == 1 else None


def _port(start: Start) -> int | None:
    if start.program not in SERVERS and not start.is_python:
        return None
    told = f"{start.program.upper().replace('-', '_')}_"
    if any(name.startswith(told) or name in ("GUNICORN_CMD_ARGS", "FLASK_RUN_PORT") for name in start.environment) or "--uds" in start.words:
        return None
    return port_of(start.words, start.environment)


def python_probe(url: str) -> str:
    """An exec-form check of `url` that needs nothing but Python: fails for no answer, and for an error of HTTP."""
    return json.dumps(["python", "-c", f"import urllib.request; urllib.request.urlopen('{url}', timeout=3)"])
