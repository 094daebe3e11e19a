"""Finds services that start before what they depend on is ready, though it says when it is."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule


@rule(
    id="compose-dependency-not-awaited",
    severity=Severity.WARNING,
    summary="`depends_on` does not wait for the other's health check",
    why="Without a condition Compose waits until the other container is started, not until it answers: the first connections fail, now and then.",
    sources=("https://docs.docker.com/compose/how-tos/startup-order/",),
    before="services:\n  web:\n    image: web:1\n    depends_on: [db]\n  db:\n    image: postgres:17.2\n    healthcheck:\n      test: pg_isready\n",
    after="services:\n  web:\n    image: web:1\n    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: postgres:17.2\n"
    "    healthcheck:\n      test: pg_isready\n",
)
def compose_dependency_not_awaited(compose: ComposeFile) -> Iterator[Found]:
    for service in compose.services:
        for name, condition, value in service.dependencies:
            other = compose.service(name)
            check = other.get("healthcheck") if other else None
            if check is None or condition or check.get("disable") is not None:
                continue
            yield Found(
                message=f"{service.name} starts when {name} is started, not when it is healthy",
                span=value.span,
                advice=f"write `{name}: {{condition: service_healthy}}` under depends_on",
            )
