"""Finds secrets that a copy of the whole build context takes into the image."""

from collections.abc import Iterator

from paredown.rules.context_files import copies_all, is_built_from, listed, secret_paths
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.reach import reaches_image, target_of
from paredown.rules.recipe import Recipe


@rule(
    id="secret-in-context",
    severity=Severity.ERROR,
    summary="a secret of the build context is copied into the image",
    why="Whoever can pull the image can read it, in each layer and for ever: a removal further below does not take it out of the layer above.",
    sources=("https://docs.docker.com/build/building/secrets/", "docker/docker-bench-security tests/4_container_images.sh", "goodwithtech/dockle#266"),
    same_as=("CIS 4.10", "dockle CIS-DI-0010", "OWASP 12", "NIST 4.1.4", "12-factor III"),
    before="FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n",
    after="FROM python:3.13-slim\nWORKDIR /app\nCOPY app app\n",
    files=((".env", "PASSWORD=x\n"), ("app/main.py", "")),
)
def secret_in_context(recipe: Recipe) -> Iterator[Found]:
    secrets = secret_paths(recipe) if is_built_from(recipe) else []
    for stage in recipe.stages:
        for step in stage.steps:
            if secrets and copies_all(step) and reaches_image(recipe, stage, target_of(step)):
                yield Found(
                    message=f"{listed(secrets)} {'goes' if len(secrets) == 1 else 'go'} into the image",
                    span=step.instruction.span,
                    advice=f"add to {recipe.ignore_file or 'a .dockerignore'}: {' '.join(secrets)}",
                )
                return
