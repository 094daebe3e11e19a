"""Finds health checks that call a program which the image does not have."""

import posixpath
import re
from collections.abc import Iterator

from paredown.dockerfile.shell import ShellCommand
from paredown.dockerfile.stages import Step
from paredown.rules.bases import base_of
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.probes import health_check, python_probe
from paredown.rules.programs import is_missing
from paredown.rules.recipe import Recipe

_URL = re.compile(r"https?://[\w.\[\]:-]+(?:/[\w./?=&%-]*)?")
_FAILS = re.compile(r"-[sSLkq]*f[sSLkq]*|--fail")
_QUIET = re.compile(r"-[sSLfkq]+|--fail|--silent|--show-error|--location")


@rule(
    id="health-check-program-missing",
    severity=Severity.ERROR,
    summary="the health check calls a program that is not in the image",
    why="The check fails for ever and the container counts as unhealthy: Swarm replaces it, Compose never starts what waits for it. The slim images of Python "
    "have neither curl nor wget, those on Alpine have no curl.",
    sources=("Osmantic/ODS#584", "open-webui/oikb#59", "OriNachum/autonomous-intelligence#25", "https://docs.docker.com/reference/dockerfile/#healthcheck"),
    safety=Safety.VERIFIED,
    before="FROM python:3.13-slim\nHEALTHCHECK CMD curl -f http://localhost:8000/health || exit 1\n",
    after="FROM python:3.13-slim\n"
    'HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen(\'http://localhost:8000/health\', timeout=3)"]\n',
)
def health_check_program_missing(recipe: Recipe) -> Iterator[Found]:
    step = health_check(recipe)
    if step is None or step.instruction.inner is None:
        return
    for command in recipe.script(step).commands:
        program = posixpath.basename(command.words[0].text) if command.words else ""
        if is_missing(recipe, recipe.final, program):
            arguments = step.instruction.inner.arguments.span()
            url = _asked(recipe, step, command)
            has_python = base_of(recipe.final).python != "" or base_of(recipe.final).name in ("python", "pypy")
            yield Found(
                message=f"the health check calls {program}, which {recipe.final.image} does not have and nothing here installs",
                span=command.words[0].span,
                edits=(Edit(arguments, python_probe(url)),) if url and has_python else (),
                advice=f"write `HEALTHCHECK CMD {python_probe('http://127.0.0.1:8000/health')}`, with the service's own address" if has_python
                else f"install {program}, or let the service's own program do the check",
            )  # fmt: skip


def _asked(recipe: Recipe, step: Step, command: ShellCommand) -> str | None:
    """The address, when the whole check is `curl -f ADDRESS || exit 1`, which a few words of Python do as well."""
    rest = recipe.script(step).commands
    ends = len(rest) == 1 or (len(rest) == 2 and rest[1].joined == "||" and [word.text for word in rest[1].words] in (["exit", "1"], ["false"]))
    words = [word.text for word in command.arguments]
    urls = [word for word in words if _URL.fullmatch(word)]
    flags = [word for word in words if word not in urls]
    plain = all(_QUIET.fullmatch(flag) for flag in flags) and any(_FAILS.fullmatch(flag) for flag in flags)
    return urls[0] if ends and command.program == "curl" and rest[0] is command and len(urls) == 1 and plain else None
