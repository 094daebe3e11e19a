"""Finds numbers of workers that are worked out from the host's processors."""

import re
from collections.abc import Iterator

from paredown.commands.servers import option
from paredown.rules.copied import text_in_image
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import process_of, starts

_COUNTED = re.compile(r"\$\(\s*nproc\b[^)]*\)|`\s*nproc\b[^`]*`|cpu_count\(\)|/proc/cpuinfo")


@rule(
    id="worker-count-of-host",
    severity=Severity.WARNING,
    summary="as many workers as the host has processors",
    why="`nproc` and `os.cpu_count()` know nothing of a container's CPU limit: with half a processor on a host of 64, 2 n + 1 makes 129 workers, each with "
    "memory and database connections of its own.",
    sources=(
        "https://docs.python.org/3/library/os.html#os.cpu_count",
        "https://docs.gunicorn.org/en/stable/design.html#how-many-workers",
        "python/cpython#80235",
    ),
    before="FROM python:3.13-slim\nCMD gunicorn --workers $(nproc) main:app\n",
    after='FROM python:3.13-slim\nENV WEB_CONCURRENCY=2\nCMD ["gunicorn", "main:app"]\n',
)
def worker_count_of_host(recipe: Recipe) -> Iterator[Found]:
    process = process_of(recipe)
    for step in (process.entrypoint, process.command):
        if step and (counted := _COUNTED.search(step.instruction.arguments.text)):
            span = step.instruction.arguments.span(counted.start(), counted.end())
            yield Found(message=f"`{counted[0]}` counts the host's processors, whatever the container may use", span=span, advice=_ADVICE)
            return
    for start in starts(recipe):
        file = option(start.words, ("-c", "--config")) or "gunicorn.conf.py"
        if start.program != "gunicorn" or file.startswith("python:") or option(start.words, ("-w", "--workers")):
            continue
        text = text_in_image(recipe, recipe.final.state.path(file.removeprefix("file:")))
        counted = re.search(r"(?m)^workers\s*=.*cpu_count\(\)", text or "")
        if counted:
            message = f"{file} takes the number of workers from the host's processors, whatever the container may use"
            yield Found(message=message, span=start.span, advice=_ADVICE)


_ADVICE = "take the number from a variable with a small default, such as gunicorn's and uvicorn's WEB_CONCURRENCY"
