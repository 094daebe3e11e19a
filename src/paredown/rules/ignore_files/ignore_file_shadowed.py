"""Finds a .dockerignore that does not hold, as the Dockerfile has an ignore file of its own."""

from collections.abc import Iterator

from paredown.rules.ignore_list import IgnoreList
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed


@rule(
    id="ignore-file-shadowed",
    severity=Severity.INFO,
    summary="a Dockerfile's own ignore file takes the place of .dockerignore",
    why="The two are not added up: with Dockerfile.dockerignore beside it nobody reads .dockerignore for that Dockerfile; what only it names comes in.",
    sources=("https://docs.docker.com/build/concepts/context/#filename-and-location",),
    before=".env\n",
    after=".git\n",
    files=(("Dockerfile", "FROM python:3.13-slim\n"), ("Dockerfile.dockerignore", ".git\n")),
)
def ignore_file_shadowed(ignore: IgnoreList) -> Iterator[Found]:
    if ignore.file != ".dockerignore" or ignore.context is None:
        return
    for name in ignore.context.names("."):
        dockerfile = name.removesuffix(".dockerignore")
        own = (ignore.context.text(name) or "").split() if dockerfile and name.endswith(".dockerignore") else None
        lacking = [pattern.written for pattern in ignore.patterns if own is not None and pattern.written not in own]
        if lacking and ignore.context.text(dockerfile) is not None:
            yield Found(
                message=f"for {dockerfile} this file does not hold, {name} does, and lacks {listed(lacking)}",
                advice=f"put all of it into {name}, or take {name} away",
            )
