"""Finds what looks like an exec form and is no JSON, so that a shell gets it, brackets and all."""

import json
import re
from collections.abc import Iterator

from paredown.dockerfile.syntax import Instruction
from paredown.rules.interface import Edit, Found, Severity, rule
from paredown.rules.recipe import Recipe

# Without a space behind the bracket it is no test of the shell (`[ "$A" = b ]`), closed or not.
_LIST = re.compile(r"\[['\"\u2018\u2019\u201c\u201d].*|\[\s*(?:['\"\u2018\u2019\u201c\u201d].*|[\w./-]+\s*,.*|.*,\s*)\]", re.DOTALL)
_ITEM = re.compile(r"'([^'\"\\]*)'|\"([^\"\\]*)\"|[\u201c\u201d]([^\u201c\u201d\"\\]*)[\u201c\u201d]|[\u2018\u2019]([^\u2018\u2019\"\\]*)[\u2018\u2019]")


@rule(
    id="exec-form-broken",
    severity=Severity.ERROR,
    summary="an exec form that is no JSON",
    why="With single quotes, a comma too many or no quotes it is a shell form: the shell looks for a program called `[uvicorn,`, and the start fails.",
    sources=("https://docs.docker.com/reference/dockerfile/#exec-form", "https://github.com/hadolint/hadolint/wiki/DL3025"),
    same_as=("hadolint DL3025", "buildkit JSONArgsRecommended"),
    before="FROM python:3.13-slim\nCMD ['python', 'main.py']\n",
    after='FROM python:3.13-slim\nCMD ["python", "main.py"]\n',
)
def exec_form_broken(recipe: Recipe) -> Iterator[Found]:
    for outer in recipe.dockerfile.instructions:
        instruction = outer.inner or outer
        if instruction.name not in ("CMD", "ENTRYPOINT", "RUN", "VOLUME", "SHELL") or instruction.exec_form:
            continue
        text = instruction.arguments.text
        if not _LIST.fullmatch(text) or ("," not in text and re.search(r"\s(?:!?=|-\w+)\s", text)) or instruction.heredocs:
            continue
        items = _items(text)
        yield Found(
            message=f"{instruction.name} is no JSON, so a shell gets it as it stands there, brackets included",
            span=instruction.arguments.span(),
            edits=(Edit(instruction.arguments.span(), json.dumps(items, ensure_ascii=False)),) if items and _on_one_line(instruction) else (),
            advice='write it as JSON: ["program", "argument"], with double quotes and no comma at the end',
        )


def _items(text: str) -> list[str]:
    """The strings of the list; none when there is more in it than quoted strings and commas."""
    inner = text[1:].strip().removesuffix("]").strip().rstrip(",")
    rest = _ITEM.sub("", inner)
    return [next(group for group in match.groups() if group is not None) for match in _ITEM.finditer(inner)] if not rest.replace(",", "").strip() else []


def _on_one_line(instruction: Instruction) -> bool:
    return instruction.line == instruction.end_line
