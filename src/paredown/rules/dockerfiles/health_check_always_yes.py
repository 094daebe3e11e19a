"""Finds health checks that cannot say no."""

import re
from collections.abc import Iterator

from paredown.rules.interface import Found, Severity, rule
from paredown.rules.probes import health_check
from paredown.rules.recipe import Recipe

_YES = (["true"], [":"], ["exit", "0"], ["exit"], ["/bin/true"])


@rule(
    id="health-check-always-yes",
    severity=Severity.WARNING,
    summary="the health check is never negative",
    why="The container counts as healthy whatever the service does: a check that cannot fail is worse than none, as people and orchestrators rely on it.",
    sources=("https://docs.docker.com/reference/dockerfile/#healthcheck",),
    before="FROM python:3.13-slim\nHEALTHCHECK CMD python check.py || exit 0\n",
    after="FROM python:3.13-slim\nHEALTHCHECK CMD python check.py || exit 1\n",
)
def health_check_always_yes(recipe: Recipe) -> Iterator[Found]:
    step = health_check(recipe)
    if step is None:
        return
    script = recipe.script(step)
    if not script.commands or not script.understood:
        return
    last = script.commands[-1]
    words = [word.text for word in last.words]
    alone = len(script.commands) == 1 and words[:1] in (["echo"], ["sleep"], ["printf"])
    first = [word.text for word in script.commands[0].words]
    alone = alone or (first in _YES and len(script.commands) > 1 and script.commands[1].joined == "||")
    if (words in _YES and not last.nested and last.joined in ("", "||", ";") and not _left(script.commands[:-1])) or alone:
        written = " ".join(words)
        what = f"ends by `{written}`" if len(script.commands) > 1 else f"is `{written}`"
        yield Found(message=f"the health check {what}, so it never fails", span=last.span, advice="end it by `|| exit 1`, or ask the service")


def _left(commands: tuple[object, ...]) -> bool:
    """Whether an earlier command may end the script with another answer."""
    return any(re.search(r"'exit'", repr(command)) for command in commands)
