"""Finds health checks by curl that take an error page for health."""

from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.probes import health_check
from paredown.rules.recipe import Recipe


@rule(
    id="health-check-ignores-errors",
    severity=Severity.WARNING,
    summary="curl without --fail in the health check",
    why="curl ends with 0 for every answer, 500 and 404 included, unless it is given --fail: a service that answers with errors only counts as healthy.",
    sources=("https://curl.se/docs/manpage.html#-f",),
    safety=Safety.VERIFIED,
    before="FROM python:3.13\nHEALTHCHECK CMD curl http://localhost:8000/health || exit 1\n",
    after="FROM python:3.13\nHEALTHCHECK CMD curl --fail http://localhost:8000/health || exit 1\n",
)
def health_check_ignores_errors(recipe: Recipe) -> Iterator[Found]:
    step = health_check(recipe)
    commands = recipe.script(step).commands if step else ()
    if not step or any(command.joined == "|" or command.program in ("[", "test", "grep") for command in commands):
        return
    for command in commands:
        asks = any("://" in word.text or "localhost" in word.text for word in command.arguments)
        if command.program == "curl" and asks and not command.nested and not command.has("-f", "--fail", "--fail-with-body", "-w", "--write-out"):
            word = command.words[0]
            listed = step.instruction.inner is not None and step.instruction.inner.exec_form and word.span.end - word.span.start > len(word.text)
            edit = Edit(Span(word.span.end, word.span.end), ', "--fail"' if listed else " --fail")
            yield Found(message="curl takes every answer for health, errors included", span=command.span, edits=(edit,))
