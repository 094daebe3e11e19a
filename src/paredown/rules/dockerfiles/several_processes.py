"""Finds containers that start several services, under supervisord or with `&`."""

import re
from collections.abc import Iterator

from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import process_of, starts

_SUPERVISORS = {"supervisord": "supervisord", "circusd": "circus", "honcho": "honcho", "foreman": "foreman", "pm2-runtime": "pm2", "s6-svscan": "s6"}


@rule(
    id="several-processes",
    severity=Severity.INFO,
    summary="several services in one container",
    why="The engine sees only the first process: when another one dies, the container still counts as running, the logs are mixed, and none can be "
    "scaled, limited or updated alone.",
    sources=("https://docs.docker.com/engine/containers/multi-service_container/", "https://12factor.net/concurrency"),
    same_as=("12-factor VIII",),
    before="FROM python:3.13-slim\nCMD celery -A app worker & exec gunicorn app:app\n",
    after='FROM python:3.13-slim\nCMD ["gunicorn", "app:app"]\n',
)
def several_processes(recipe: Recipe) -> Iterator[Found]:
    for start in starts(recipe):
        if start.program in _SUPERVISORS:
            message = f"{start.program} runs several services in one container, of which the engine sees none"
            yield Found(message=message, span=start.place(0), advice="start each service in a container of its own, from the same image")
    process = process_of(recipe)
    for step in (process.entrypoint, process.command):
        for command in recipe.script(step).commands if step else ():
            behind = step.instruction.arguments.text[_offset(step.instruction.arguments.offsets, command.span.end) :] if step else ""
            if re.match(r"\s*(?:>\S*\s*|2>&1\s*)*&(?![&>])", behind) and any(one.words for one in starts(recipe)):
                message = f"{command.program} runs behind the first process: nobody notices when it ends"
                yield Found(message=message, span=command.span, advice=f"start {command.program} in a container of its own, from the same image")


def _offset(offsets: tuple[int, ...], place: int) -> int:
    return next((index for index, offset in enumerate(offsets) if offset >= place), len(offsets))
