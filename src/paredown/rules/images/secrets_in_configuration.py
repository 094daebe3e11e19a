"""Finds passwords and tokens in an image's variables, labels and history."""

import re
from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.secret_variables import holds_secret, is_secret

_GIVEN = re.compile(r"\b([A-Za-z_][A-Za-z0-9_]*)=(\"[^\"]*\"|'[^']*'|[^\s;&|]*)")
_ADVICE = "give it at run time (`docker run --env-file`, an orchestrator's secret), at build time with `RUN --mount=type=secret`; and make it anew"


@rule(
    id="secrets-in-configuration",
    severity=Severity.ERROR,
    summary="a password or token is in the image's variables or history",
    why="`docker history` and `docker inspect` show them to whoever can pull the image: values of ENV, of ARG that a RUN used, and of addresses in commands.",
    sources=("https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/", "goodwithtech/dockle CHECKPOINT.md CIS-DI-0010"),
    same_as=("dockle CIS-DI-0010", "CIS 4.10", "OWASP 12", "NIST 4.1.4", "buildkit SecretsUsedInArgOrEnv", "12-factor III"),
    before=ImageExample(config={"environment": (("DATABASE_PASSWORD", "correct-horse-battery"),)}),
    after=ImageExample(config={"environment": (("DATABASE_PASSWORD_FILE", "/run/secrets/database"),)}),
)  # fmt: skip
def secrets_in_configuration(image: FinishedImage) -> Iterator[Found]:
    known = {name for name, value in image.config.environment if holds_secret(name, value)}
    for name in sorted(known):
        yield Found(message=f"the variable {name} holds a secret, in every container and for whoever has the image", advice=_ADVICE)
    for name, value in image.config.labels:
        if is_secret(value):
            yield Found(message=f"the label {name} holds a secret", advice=_ADVICE)
    for history in image.config.history:
        line = history.created_by
        given = {found[1] for found in _GIVEN.finditer(line) if holds_secret(found[1], found[2].strip("\"'"))} - known
        for name in sorted(given):
            yield Found(message=f"the history gives away {name}, which a step of the build was given", advice=_ADVICE)
        if not given and not any(f"{name}=" in line for name in known) and is_secret(line):
            yield Found(message=f"the history gives away a secret in the command of a {line.split(maxsplit=1)[0]} step", advice=_ADVICE)
