"""Finds secrets that COPY and ADD put into a layer."""

import posixpath
import re
from collections.abc import Iterator

from paredown import credentials
from paredown.dockerfile.stages import Step
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe

_NAMES = re.compile(
    r"\.netrc|_netrc|\.pypirc|\.git-credentials|\.pgpass|kubeconfig|\.dockercfg|service[-_]account[\w-]*\.json"
    r"|(?:\w+[-_])?private[-_]?key\.pem|privkey\.pem"
)
_FOLDERS = (".ssh", ".aws", ".kube", ".gnupg", ".docker")


@rule(
    id="secret-copied",
    severity=Severity.ERROR,
    summary="a file of secrets is copied",
    why="What a layer holds once stays in it: deleting the file later hides it from the container, not from whoever pulls the image.",
    sources=(
        "https://docs.docker.com/build/building/secrets/",
        "docker/docker-bench-security tests/4_container_images.sh",
        "goodwithtech/dockle CHECKPOINT.md",
    ),
    same_as=("dockle CIS-DI-0010", "CIS 4.10", "NIST 4.1.4", "OWASP 12", "12-factor III"),
    before="FROM python:3.13-slim\nCOPY .env main.py /app/\n",
    after="FROM python:3.13-slim\nCOPY main.py /app/\n",
)
def secret_copied(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        for step in stage.steps:
            if step.instruction.name in ("COPY", "ADD") and step.instruction.flag("from") is None and not step.instruction.heredocs:
                yield from _of(recipe, step)


def _of(recipe: Recipe, step: Step) -> Iterator[Found]:
    for word in step.instruction.words[:-1]:
        path = posixpath.normpath(step.state.expand(word.text).lstrip("/") or ".")
        what = None if recipe.ignored.ignores(path) else _told(recipe, path)
        if what is not None:
            yield Found(message=f"{path} is {what}, and stays in a layer", span=word.span, advice=_ADVICE)


def _told(recipe: Recipe, path: str) -> str | None:
    """What kind of secret the file is, by its name, or by what the context has in it."""
    name = posixpath.basename(path)
    named = credentials.by_name(path)
    if named:
        return named.kind
    if name in _FOLDERS:
        return "a folder of keys"
    text = recipe.context.text(path) if recipe.context else None
    if text is not None:
        return next((one.kind for one in credentials.by_content(path, text.encode())), None)
    return "a file of credentials" if _NAMES.fullmatch(name.lower()) else None


_ADVICE = "give it to the container at its start, or mount it for the RUN that needs it (`--mount=type=secret`)"
