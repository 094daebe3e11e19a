"""Finds images that start from the stage that builds them."""

import re
from collections.abc import Iterator

from paredown.rules.bases import image_span
from paredown.rules.installed import building_packages
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.purpose import is_python, is_service
from paredown.rules.recipe import Recipe

_BUILDER = re.compile(r"(?:^|[-_])(?:build|builder|building|compile|compiler)(?:$|[-_])", re.IGNORECASE)


@rule(
    id="final-stage-is-builder",
    severity=Severity.WARNING,
    summary="the last stage starts from the build stage, so the image holds all that the build needed",
    why="Stages save nothing when the last one is FROM the builder: its layers, with compilers, headers and caches, are the image's own.",
    sources=("https://docs.docker.com/build/building/multi-stage/", "https://docs.docker.com/build/building/best-practices/#use-multi-stage-builds"),
    same_as=("CIS 4.3", "12-factor V"),
    before="FROM python:3.13 AS builder\nRUN apt-get install -y libpq-dev\nRUN python -m venv /venv && /venv/bin/pip install psycopg[c]==3.2.10\n"
    'FROM builder\nCOPY . /app\nCMD ["/venv/bin/python", "-m", "shop"]\n',
    after="FROM python:3.13 AS builder\nRUN apt-get install -y libpq-dev\nRUN python -m venv /venv && /venv/bin/pip install psycopg[c]==3.2.10\n"
    'FROM python:3.13-slim\nCOPY --from=builder /venv /venv\nCOPY . /app\nCMD ["/venv/bin/python", "-m", "shop"]\n',
)
def final_stage_is_builder(recipe: Recipe) -> Iterator[Found]:
    if not is_service(recipe) or not is_python(recipe):
        return
    for stage in recipe.final.chain:
        parent = stage.parent
        if parent is None:
            continue
        tools = [word.text for _, word in building_packages(recipe, parent)]
        if _BUILDER.search(parent.name) or tools:
            what = f", and so holds {', '.join(dict.fromkeys(tools))}" if tools else ""
            yield Found(
                message=f"the image starts from the stage {parent.name}{what}",
                span=image_span(stage),
                advice=f"start from a slim image, and copy what {parent.name} has built: `COPY --from={parent.name} ...`",
            )
            return
