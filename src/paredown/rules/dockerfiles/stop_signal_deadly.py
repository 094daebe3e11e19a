"""Finds STOPSIGNAL SIGKILL, which ends the service without a chance to finish anything."""

from collections.abc import Iterator

from paredown.rules.interface import Edit, Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="stop-signal-deadly",
    severity=Severity.WARNING,
    summary="the container is stopped by SIGKILL",
    why="No process can catch SIGKILL: requests in flight are cut, and files and database transactions stay half-written at every stop.",
    sources=("https://docs.docker.com/reference/dockerfile/#stopsignal", "https://man7.org/linux/man-pages/man7/signal.7.html"),
    same_as=("12-factor IX",),
    before="FROM python:3.13-slim\nSTOPSIGNAL SIGKILL\n",
    after="FROM python:3.13-slim\nSTOPSIGNAL SIGTERM\n",
)
def stop_signal_deadly(recipe: Recipe) -> Iterator[Found]:
    step = recipe.final.last("STOPSIGNAL")
    if step and step.instruction.words and step.state.expand(step.instruction.words[0].text).upper().removeprefix("SIG") in ("KILL", "9"):
        word = step.instruction.words[0]
        yield Found(message="SIGKILL ends the service in the midst of what it does", span=step.instruction.span, edits=(Edit(word.span, "SIGTERM"),))
