"""Finds services that depend on one that is not there."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule


@rule(
    id="compose-dependency-unknown",
    severity=Severity.ERROR,
    summary="`depends_on` names a service that the file does not have",
    why="Compose refuses the file: `depends on undefined service`.",
    sources=("https://docs.docker.com/reference/compose-file/services/#depends_on",),
    before="services:\n  web:\n    image: web:1\n    depends_on: [database]\n  db:\n    image: postgres:17.2\n",
    after="services:\n  web:\n    image: web:1\n    depends_on: [db]\n  db:\n    image: postgres:17.2\n",
)
def compose_dependency_unknown(compose: ComposeFile) -> Iterator[Found]:
    if "include" in compose.root.members:
        return
    for service in compose.services:
        for name, _, value in service.dependencies if service.whole else ():
            if name and compose.service(name) is None and "$" not in name:
                there = ", ".join(other.name for other in compose.services if other is not service)
                yield Found(
                    message=f"{service.name} depends on {name}, which is no service here", span=value.span, advice=f"name one of: {there or 'none is there'}"
                )
