"""Finds gunicorn without `--worker-tmp-dir /dev/shm`: its workers' heartbeat is a file in the container's layer."""

from collections.abc import Iterator

from paredown.commands.servers import option
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import more_words, starts

_MEMORY = "/dev/shm"  # noqa: S108 (it is what gunicorn asks for)


@rule(
    id="heartbeat-on-disk",
    severity=Severity.INFO,
    summary="gunicorn's heartbeat is written to the disk",
    why="A worker shows that it lives by the times of a file in /tmp. On an overlay of a busy disk that can block for so long that gunicorn takes the worker "
    "for dead and kills it; /dev/shm is memory.",
    sources=(
        "https://docs.gunicorn.org/en/stable/faq.html#how-do-i-avoid-gunicorn-excessively-blocking-in-os-fchmod",
        "benoitc/gunicorn#1863",
        "apache/airflow#9379",
    ),
    safety=Safety.VERIFIED,
    before='FROM python:3.13-slim\nCMD ["gunicorn", "--bind", "0.0.0.0:8000", "main:app"]\n',
    after='FROM python:3.13-slim\nCMD ["gunicorn", "--worker-tmp-dir", "/dev/shm", "--bind", "0.0.0.0:8000", "main:app"]\n',
)
def heartbeat_on_disk(recipe: Recipe) -> Iterator[Found]:
    for start in starts(recipe):
        told = option(start.words, ("--worker-tmp-dir", "-c", "--config")) or "GUNICORN_CMD_ARGS" in start.environment
        names = recipe.context.names(".") if recipe.context else ()
        if start.program == "gunicorn" and not told and "gunicorn.conf.py" not in names:
            index = start.words.index("gunicorn") if "gunicorn" in start.words else 0
            yield Found(
                message="gunicorn's workers write their heartbeat to the disk: add `--worker-tmp-dir /dev/shm`",
                span=start.place(index), edits=more_words(recipe, start, index, "--worker-tmp-dir", _MEMORY), advice="add `--worker-tmp-dir /dev/shm`",
            )  # fmt: skip
