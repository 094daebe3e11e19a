"""Finds passwords and tokens that are written into a compose file."""

from collections.abc import Iterator

from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.secret_variables import holds_secret, is_token


@rule(
    id="compose-secret-in-environment",
    severity=Severity.WARNING,
    summary="a password or token is written into the file",
    why="The file is in the repository, for everybody who may read it and for ever in its history; in the container every process sees the variable.",
    sources=("https://docs.docker.com/compose/how-tos/use-secrets/", "OWASP/CheatSheetSeries cheatsheets/Docker_Security_Cheat_Sheet.md"),
    same_as=("CIS 4.10", "OWASP 12", "NIST 4.1.4", "12-factor III"),
    before="services:\n  db:\n    image: postgres:17.2\n    environment:\n      POSTGRES_PASSWORD: correct-horse\n",
    after="services:\n  db:\n    image: postgres:17.2\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}\n",
)
def compose_secret_in_environment(compose: ComposeFile) -> Iterator[Found]:
    for service in compose.services:
        for name, text, value in service.environment:
            if "$" not in text and holds_secret(name, text):
                yield Found(
                    message=f"the secret {name} of {service.name} is written here",
                    span=value.span,
                    advice=f"write `${{{name}}}` and keep the value in a .env that git ignores, or use Compose's secrets",
                    severity=Severity.ERROR if is_token(text) else None,
                )
