"""Finds Python environments that are installed for one C library and run on another."""

from collections.abc import Iterator

from paredown.rules.bases import base_of
from paredown.rules.environments import carried
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.manifests import compiled_in_lock
from paredown.rules.recipe import Recipe

_SHOWN = 2  # names in a message


@rule(
    id="glibc-and-musl-mixed",
    severity=Severity.ERROR,
    summary="an environment of a Debian or Ubuntu stage is copied into Alpine, or the other way round",
    why="Compiled modules are linked against the C library of the stage that installed them, and wheels are chosen for it: on the other one the import ends"
    " with an unknown symbol or `No such file or directory`.",
    sources=("astral-sh/uv#16349", "docker-library/python#927", "https://peps.python.org/pep-0656/"),
    before="FROM python:3.13-slim AS builder\nRUN python -m venv /venv && /venv/bin/pip install --no-cache-dir pydantic==2.12.0\n"
    'FROM python:3.13-alpine\nCOPY --from=builder /venv /venv\nCMD ["/venv/bin/python", "-m", "shop"]\n',
    after="FROM python:3.13-slim AS builder\nRUN python -m venv /venv && /venv/bin/pip install --no-cache-dir pydantic==2.12.0\n"
    'FROM python:3.13-slim\nCOPY --from=builder /venv /venv\nCMD ["/venv/bin/python", "-m", "shop"]\n',
)
def glibc_and_musl_mixed(recipe: Recipe) -> Iterator[Found]:
    compiled = compiled_in_lock(recipe)
    if compiled == ():
        return
    for stage in recipe.stages:
        told: set[str] = set()
        for one in carried(recipe, stage):
            theirs, ours = base_of(one.source), base_of(stage)
            if one.stage.index != stage.index or one.path in told or not theirs.libc or not ours.libc or theirs.libc == ours.libc:
                continue
            told.add(one.path)
            modules = f"{', '.join(compiled[:_SHOWN])}{' and more' if len(compiled) > _SHOWN else ''} and all that is" if compiled else "what is"
            yield Found(
                message=f"{one.path} comes from {theirs.libc} ({one.source.image}): {modules} compiled in it does not load on {ours.libc} ({stage.image})",
                span=one.step.instruction.span,
                advice="let both stages start from the same system: both from -slim, or both from -alpine",
            )
