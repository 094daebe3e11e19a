"""Finds Python environments that are installed by one Python and used by another."""

from collections.abc import Iterator

from paredown.rules.environments import carried, python_in, python_of
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="python-versions-differ",
    severity=Severity.ERROR,
    summary="distributions are installed by one version of Python and copied to another",
    why="A Python looks into `lib/python` and its own number only, and loads no module that was compiled for another one:"
    " the service ends at its first import.",
    sources=("GoogleContainerTools/distroless#1960", "https://docs.python.org/3/library/site.html"),
    before="FROM python:3.12 AS builder\nRUN pip install --no-cache-dir --target /deps flask==3.1.0\n"
    'FROM python:3.13-slim\nCOPY --from=builder /deps /deps\nENV PYTHONPATH=/deps\nCMD ["python", "-m", "shop"]\n',
    after="FROM python:3.13 AS builder\nRUN pip install --no-cache-dir --target /deps flask==3.1.0\n"
    'FROM python:3.13-slim\nCOPY --from=builder /deps /deps\nENV PYTHONPATH=/deps\nCMD ["python", "-m", "shop"]\n',
)
def python_versions_differ(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        for one in carried(recipe, stage):
            if one.stage.index != stage.index:
                continue
            theirs = python_of(recipe, one.source) or python_in(one.path)
            ours = python_of(recipe, stage) or python_in(one.target)
            if theirs and ours and theirs != ours:
                message = f"{one.path} was installed for Python {theirs}, and {stage.image} has Python {ours}"
            elif theirs and python_in(one.path) not in ("", theirs):
                message = f"{one.source.image} has Python {theirs}, and so no {one.path}"
            elif ours and python_in(one.target) not in ("", ours):
                message = f"Python {ours} of {stage.image} does not look into {one.target}"
            else:
                continue
            yield Found(message=message, span=one.step.instruction.span, advice="give both stages one Python: `ARG PYTHON=3.13` in front of the first FROM")
