"""Finds secrets in ARG and ENV."""

import re
from collections.abc import Iterator

from paredown.dockerfile.syntax import Pair
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.secret_variables import holds_secret, is_secret

_OTHERS = re.compile(r"(?:^|_)(?:ID|URL|FILE|PATH|DIR|NAME|TTL|TYPE|HEADER|EXPIR\w*|LENGTH|ALGORITHM|LIFETIME|PUBLIC)(?:_|$)", re.IGNORECASE)

_ADVICE = {"ARG": "mount it where it is needed (`RUN --mount=type=secret,id=...`)", "ENV": "give it to the container at its start"}


@rule(
    id="secret-in-variable",
    severity=Severity.ERROR,
    summary="a secret in ARG or ENV",
    why="ENV is in the image's configuration and ARG in its history or provenance: whoever can pull the image reads both with `docker history --no-trunc`.",
    sources=(
        "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
        "https://docs.docker.com/build/building/secrets/",
        "opendatahub-io/notebooks#3650",
    ),
    same_as=("buildkit SecretsUsedInArgOrEnv", "dockle CIS-DI-0010", "CIS 4.10", "NIST 4.1.4", "OWASP 12", "12-factor III"),
    before="FROM python:3.13-slim\nARG PIP_TOKEN\nRUN pip download --index-url https://ci:${PIP_TOKEN}@pypi.example.org/simple shop==1.0\n",
    after="FROM python:3.13-slim\nRUN --mount=type=secret,id=pip,target=/root/.config/pip/pip.conf pip download shop==1.0\n",
)
def secret_in_variable(recipe: Recipe) -> Iterator[Found]:
    for instruction in recipe.dockerfile.instructions:
        for pair in instruction.pairs if instruction.name in ("ARG", "ENV") else ():
            if _is_secret(instruction.name, pair):
                where = "the image's configuration" if instruction.name == "ENV" else "the image's history"
                yield Found(
                    message=f"{pair.name} is a secret, and {instruction.name} puts it into {where}",
                    span=pair.span,
                    severity=None if instruction.name == "ENV" or pair.value else Severity.WARNING,
                    advice=_ADVICE[instruction.name],
                )  # fmt: skip


def _is_secret(keyword: str, pair: Pair) -> bool:
    value = pair.value or ""
    if is_secret(value):
        return True
    if _OTHERS.search(pair.name):
        return False
    # Without a value an ARG waits for the secret, and an ENV hands an ARG of the name on.
    if (keyword == "ARG" and pair.value is None) or re.fullmatch(r"\$\{?\w+\}?", value):
        return holds_secret(pair.name, "a value of its own")
    return holds_secret(pair.name, value)
