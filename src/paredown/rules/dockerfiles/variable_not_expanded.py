"""Finds `$NAME` in an exec form, where no shell puts a value in its place."""

import re
from collections.abc import Iterator

from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service import is_shell, process_of

_VARIABLE = re.compile(r"\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*(?::?-[^}]*)?\})")
_EXPANDING = re.compile(r"\b(?:envsubst|eval|sh|bash|ash|dash|awk|perl|cmd|powershell|pwsh)\b|\.sh\b|entry-?point|\.ps1\b")


@rule(
    id="variable-not-expanded",
    severity=Severity.ERROR,
    summary="a variable in an exec form",
    why="An exec form starts the program itself, and the engine puts no values in: the program is given the text `${PORT}` and ends, as that is no port.",
    sources=("https://docs.docker.com/reference/dockerfile/#exec-form", "https://docs.docker.com/reference/dockerfile/#variable-substitution"),
    before='FROM python:3.13-slim\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0", "--port", "${PORT}"]\n',
    after='FROM python:3.13-slim\nCMD ["sh", "-c", "exec uvicorn main:app --host 0.0.0.0 --port ${PORT}"]\n',
)
def variable_not_expanded(recipe: Recipe) -> Iterator[Found]:
    process = process_of(recipe)
    steps = [step for step in (process.entrypoint, process.command) if step is not None]
    if any(is_shell(step) or _EXPANDING.search(step.instruction.arguments.text) for step in steps):
        return
    for step in steps:
        for word in step.instruction.words if step.instruction.exec_form else ():
            if found := _VARIABLE.search(word.text):
                yield Found(
                    message=f"{step.instruction.words[0].text} is given the text `{found[0]}`: an exec form has no variables",
                    span=word.span,
                    advice=f'write `{step.instruction.name} ["sh", "-c", "exec ..."]` with the whole command in it',
                )
