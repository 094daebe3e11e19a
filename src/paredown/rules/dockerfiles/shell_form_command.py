"""Finds CMD and ENTRYPOINT in shell form, where a shell is the first process."""

import json
import re
from collections.abc import Iterator

from paredown.dockerfile.shell import Script
from paredown.dockerfile.stages import Step
from paredown.dockerfile.syntax import Edit
from paredown.rules.bases import base_of
from paredown.rules.first_process import OF_THE_SHELL, hand_over, is_handed_over, is_looked_after
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import process_of

# What stands there is what is meant: no variable, glob, tilde, brace or escape in it.
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+|'[^']*'|\"[^\"$`\\!]*\"")

_WITHOUT_ENTRYPOINT = ("python", "pypy", "debian", "ubuntu", "alpine", "buildpack-deps")


@rule(
    id="shell-form-command",
    severity=Severity.WARNING,
    summary="CMD or ENTRYPOINT in shell form",
    why="/bin/sh becomes the first process and does not pass SIGTERM on: the service never learns that it shall stop, and is killed after the grace period. "
    "The dash of Debian 12 was seen to do so even with a single command.",
    sources=(
        "https://docs.docker.com/reference/build-checks/json-args-recommended/",
        "https://github.com/hadolint/hadolint/wiki/DL3025",
        "Kludex/uvicorn#1215",
        "fastapi/fastapi#11960",
    ),
    same_as=("hadolint DL3025", "buildkit JSONArgsRecommended", "12-factor IX"),
    safety=Safety.SAFE,
    before="FROM python:3.13-slim\nCMD uvicorn main:app --host 0.0.0.0\n",
    after='FROM python:3.13-slim\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
)
def shell_form_command(recipe: Recipe) -> Iterator[Found]:
    process = process_of(recipe)
    plain_base = base_of(recipe.final).name in _WITHOUT_ENTRYPOINT
    for step in (process.entrypoint, process.command):
        if step is None or step.instruction.exec_form or not step.instruction.arguments.text or step.instruction.arguments.text.startswith("["):
            continue
        script = recipe.script(step)
        # A SHELL of one's own is chosen on purpose, and bash takes a single command's place by itself.
        if step.state.shell != ("/bin/sh", "-c") or is_handed_over(script) or is_looked_after(process):
            continue
        listed = _as_list(recipe, step, script)
        edits = listed or hand_over(recipe, script, step.instruction.span.end)
        other = process.entrypoint if step is process.command else None
        yield Found(
            message=f"{step.instruction.name} in shell form: a shell is the first process and keeps SIGTERM to itself",
            span=step.instruction.span,
            edits=edits,
            advice="" if edits else f'write `{step.instruction.name} ["program", "argument"]`, or `exec` before the command that stays',
            # An ENTRYPOINT sees other words then, the base's too; one in exec form takes arguments that it took no notice of.
            safety=Safety.VERIFIED if step is process.entrypoint or other is not None or (listed and not plain_base) else None,
        )


def _as_list(recipe: Recipe, step: Step, script: Script) -> tuple[Edit, ...]:
    """The same words as JSON; () where a shell does something to them."""
    if not script.understood or len(script.commands) != 1 or step.instruction.heredocs:
        return ()
    command = script.commands[0]
    written = [recipe.dockerfile.text[word.span.start : word.span.end] for word in command.words]
    between = step.instruction.arguments.text
    for text in written:
        between = between.replace(text, "", 1)
    if between.strip() or command.assignments or command.writes or command.nested or command.words[0].text in OF_THE_SHELL:
        return ()
    if not all(_PLAIN.fullmatch(text) and word.plain for text, word in zip(written, command.words, strict=True)):
        return ()
    items = [json.dumps(word.text, ensure_ascii=False) for word in command.words]
    texts = ["[" * (place == 0) + item + ("," if place < len(items) - 1 else "]") for place, item in enumerate(items)]
    return tuple(Edit(word.span, text) for word, text in zip(command.words, texts, strict=True))
