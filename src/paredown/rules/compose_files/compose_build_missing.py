"""Finds services that are built from a folder or a Dockerfile that is not there."""

import posixpath
import re
from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule

_ELSEWHERE = re.compile(r"\.\.|/|~|[a-z+]+://|git@|github\.com/")


@rule(
    id="compose-build-missing",
    severity=Severity.ERROR,
    summary="a build's folder or Dockerfile does not exist",
    why="`docker compose build` stops there.",
    sources=("https://docs.docker.com/reference/compose-file/build/#context",),
    before="services:\n  web:\n    build: ./web\n",
    after="services:\n  web:\n    build: ./server\n",
    files=(("server/Dockerfile", "FROM python:3.13-slim\n"),),
)
def compose_build_missing(compose: ComposeFile) -> Iterator[Found]:
    for service in compose.services if compose.context else ():
        build = service.get("build")
        if build is None or not compose.context or build.get("dockerfile_inline"):
            continue
        place = build.get("context") or build
        named = build.get("dockerfile")
        folder = posixpath.normpath(place.text or ".")
        if _ELSEWHERE.match(place.text) or "$" in place.text:
            continue
        if not compose.context.names(folder):
            yield Found(
                message=f"{service.name} is built from {place.text}, which is no folder here", span=place.span, advice="name the folder, seen from this file"
            )
            continue
        if named is not None and ("$" in named.text or posixpath.normpath(posixpath.join(folder, named.text)).startswith(("..", "/"))):
            continue
        names = (named.text,) if named is not None else ("Dockerfile", "Containerfile")
        if all(compose.context.text(posixpath.normpath(posixpath.join(folder, name))) is None for name in names):
            value = named or place
            yield Found(
                message=f"{service.name} is built from {names[0]} in {folder}, which is not there",
                span=value.span,
                advice="write it, or name it with `dockerfile`",
            )
