"""Finds EXPOSE with what is no container port: a published port, one that is too high, a protocol in capitals."""

import re
from collections.abc import Iterator

from paredown.dockerfile.syntax import Word
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe

_PORT = re.compile(r"(?P<host>(?:[^:]*:)*)(?P<first>\d+)(?:-(?P<last>\d+))?(?P<protocol>/\w+)?")
_PROTOCOLS = ("/tcp", "/udp", "/sctp")


@rule(
    id="expose-invalid",
    severity=Severity.WARNING,
    summary="EXPOSE with what is no container port",
    why="EXPOSE names ports within the container. Host addresses and host ports in it are dropped with a warning, and a port above 65535 ends the build.",
    sources=(
        "https://docs.docker.com/reference/build-checks/expose-invalid-format/",
        "https://docs.docker.com/reference/build-checks/expose-proto-casing/",
        "https://github.com/hadolint/hadolint/wiki/DL3011",
    ),
    same_as=("hadolint DL3011", "buildkit ExposeInvalidFormat", "buildkit ExposeProtoCasing"),
    safety=Safety.SAFE,
    before="FROM python:3.13-slim\nEXPOSE 80:8000\n",
    after="FROM python:3.13-slim\nEXPOSE 8000\n",
)
def expose_invalid(recipe: Recipe) -> Iterator[Found]:
    for instruction in recipe.dockerfile.instructions:
        if instruction.name == "EXPOSE":
            for word in instruction.words:
                if "$" not in word.text and (found := _fault(word)) is not None:
                    yield found


def _fault(word: Word) -> Found | None:
    match = _PORT.fullmatch(word.text)
    if match is None or int(match["last"] or match["first"]) > 65535 or (match["protocol"] or "/tcp").lower() not in _PROTOCOLS:
        return Found(message=f"{word.text} is no port: the build ends here", span=word.span, severity=Severity.ERROR, advice="write a number up to 65535")
    ports = match["first"] + (f"-{match['last']}" if match["last"] else "")
    wanted = ports + (match["protocol"] or "").lower()
    if match["host"]:
        what = f"{word.text} publishes nothing: EXPOSE takes the container's port alone, and `docker run -p` publishes"
        return Found(message=what, span=word.span, edits=(Edit(word.span, wanted),))
    if word.text != wanted:
        return Found(message=f"{word.text} has its protocol in capitals", span=word.span, severity=Severity.INFO, edits=(Edit(word.span, wanted),))
    return None
