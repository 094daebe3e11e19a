"""Finds production files that lay the project's folder over what was built into the image."""

import posixpath
from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule


@rule(
    id="compose-source-mounted",
    severity=Severity.WARNING,
    summary="in a production file, the source folder hides what the image holds",
    why="What runs is then whatever lies on that host, not what was built and tested; compiled modules and installed files of the image are hidden.",
    sources=("https://docs.docker.com/compose/how-tos/production/",),
    same_as=("12-factor V",),
    before="# production\nservices:\n  web:\n    build: .\n    volumes:\n      - .:/app\n",
    after="# production\nservices:\n  web:\n    build: .\n    volumes:\n      - uploads:/app/uploads\n",
)
def compose_source_mounted(compose: ComposeFile) -> Iterator[Found]:
    first_lines = "\n".join(line for line in compose.text.splitlines()[:5] if line.startswith("#")).lower()
    if "prod" not in compose.file.rpartition("/")[2].lower() and "production" not in first_lines:
        return
    for service in compose.services:
        build = service.get("build")
        if build is None:
            continue
        context = build.text or (found.text if (found := build.get("context")) else ".")
        for bind in service.binds:
            source = posixpath.normpath(bind.source)
            if source in (posixpath.normpath(context), ".") or any(name.endswith(".py") for name in (compose.context.names(source) if compose.context else ())):
                yield Found(
                    message=f"{bind.source} of the host hides what the image of {service.name} holds at {bind.target}",
                    span=bind.value.span,
                    advice="leave it out here, and keep it in compose.override.yaml for development",
                )
