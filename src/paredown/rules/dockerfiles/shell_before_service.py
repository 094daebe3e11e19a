"""Finds shells that stay the first process: `sh -c` without exec, and start scripts that do not end by it."""

import posixpath
import re
from collections.abc import Iterator

from paredown.commands.servers import SERVERS
from paredown.dockerfile.shell import Script, ShellCommand, commands
from paredown.dockerfile.stages import Step
from paredown.dockerfile.words import whole
from paredown.rules.copied import text_in_image
from paredown.rules.first_process import hand_over, is_handed_over, is_looked_after
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import process_of

_SHELLS = ("sh", "bash", "ash", "dash")
_STAYS = re.compile(r"python[\d.]*|uv|poetry|pipenv|java|node|nginx")


@rule(
    id="shell-before-service",
    severity=Severity.WARNING,
    summary="a shell stays in front of the service",
    why="The shell gets SIGTERM and does not pass it on: the service is killed after the grace period, with its requests in flight. `exec` puts the service "
    "in the shell's place.",
    sources=("https://docs.docker.com/reference/dockerfile/#shell-form-entrypoint-example", "Kludex/uvicorn#1215", "fastapi/fastapi#11960"),
    same_as=("12-factor IX",),
    safety=Safety.SAFE,
    before='FROM python:3.13-slim\nCMD ["sh", "-c", "uvicorn main:app --port ${PORT:-8000}"]\n',
    after='FROM python:3.13-slim\nCMD ["sh", "-c", "exec uvicorn main:app --port ${PORT:-8000}"]\n',
)
def shell_before_service(recipe: Recipe) -> Iterator[Found]:
    process = process_of(recipe)
    step = process.entrypoint or process.command
    if step is None or is_looked_after(process):
        return
    for one in (process.entrypoint, process.command):
        words = [word.text for word in one.instruction.words] if one and one.instruction.exec_form else []
        while words and (posixpath.basename(words[0]) in ("tini", "docker-init", "env") or words[0].startswith("-")):
            words.pop(0)
        if one is None or not words:
            continue
        if posixpath.basename(words[0]) in _SHELLS and len(words) > 2 and re.fullmatch(r"-[a-z]*c", words[1]):
            yield from _of_string(recipe, one, posixpath.basename(words[0]))
        else:
            yield from _of_file(recipe, one, words)


def _of_string(recipe: Recipe, step: Step, shell: str) -> Iterator[Found]:
    script = recipe.script(step)
    alone = len(script.commands) == 1 and not script.commands[0].nested
    # bash takes a single command's place by itself.
    if not script.commands or is_handed_over(script) or not _stays(script.commands[-1]) or (shell == "bash" and alone):
        return
    text = step.instruction.words[-1]
    edits = hand_over(recipe, script, text.span.end) if len(step.instruction.words) == 3 else ()
    yield Found(
        message=f"`{shell} -c` stays in front of {script.commands[-1].program} and keeps SIGTERM to itself",
        span=script.commands[-1].span, edits=edits, advice="" if edits else f"write `exec {script.commands[-1].program} ...`",
    )  # fmt: skip


def _of_file(recipe: Recipe, step: Step, words: list[str]) -> Iterator[Found]:
    name = words[1] if posixpath.basename(words[0]) in _SHELLS and len(words) > 1 else words[0]
    if name.startswith("-"):
        return
    text = text_in_image(recipe, recipe.final.state.path(name) if "/" in name else name)
    if text is None or not re.match(r"#!\s*(?:/usr)?/bin/(?:env )?(?:ba|da|a)?sh\b", text):
        return
    script: Script = commands(whole(text))
    if not script.understood or not script.commands or is_handed_over(script):
        return
    last = script.commands[-1]
    last_words = '"$@"' if last.words and last.words[0].text == "$@" else f"{last.program} ..."
    if last.nested or not (_stays(last) or (last.words and last.words[0].text == "$@")):
        return
    yield Found(
        message=f"{name} ends with `{last_words}` without `exec`, so its shell stays in front and keeps SIGTERM to itself",
        span=step.instruction.span,
        advice=f"end {name} with `exec {last_words}`",
    )


def _stays(command: ShellCommand) -> bool:
    """Whether it is a service, which stays until it is stopped."""
    return command.program in SERVERS or _STAYS.fullmatch(command.program) is not None
