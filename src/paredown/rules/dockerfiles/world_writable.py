"""Finds files and folders that everybody may write to."""

import re
from collections.abc import Iterator

from paredown.dockerfile.actions import FoldersMade, ModeChange
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe

_TEMPORARY = frozenset({"/tmp", "/var/tmp", "/dev/shm"})  # noqa: S108


@rule(
    id="world-writable",
    severity=Severity.WARNING,
    summary="everybody may write to a file or folder of the image",
    why="Whoever runs anything in the container, as any user, can replace what lies there: the program that starts next, or what it reads.",
    sources=(
        "https://cwe.mitre.org/data/definitions/732.html",
        "https://docs.redhat.com/en/documentation/openshift_container_platform/4.18/html/images/creating-images",
    ),
    before="FROM python:3.13-slim\nRUN mkdir /data && chmod 777 /data\n",
    after="FROM python:3.13-slim\nRUN mkdir /data && chgrp 0 /data && chmod g=u /data\n",
)
def world_writable(recipe: Recipe) -> Iterator[Found]:
    for step, action in recipe.actions(ModeChange, *recipe.final.chain):
        paths = [word for word in action.paths if step.state.path(word.text) not in _TEMPORARY]
        if lets_all_write(action.mode) and paths:
            below = " and everything below" if action.recursive else ""
            yield Found(message=f"everybody may write to {paths[0].text}{below}", span=action.command.span, advice=_advice(step.state.user))
    for step, made in recipe.actions(FoldersMade, *recipe.final.chain):
        mode = next((word.text for word in made.command.arguments if re.fullmatch(r"(?:-m|--mode=)?0?[0-7]{3,4}", word.text)), "")
        if made.command.has("-m", "--mode") and lets_all_write(re.sub(r"-m|--mode=", "", mode)) and made.paths:
            yield Found(message=f"everybody may write to {made.paths[0].text}", span=made.command.span, advice=_advice(step.state.user))
    for stage in recipe.final.chain:
        for step in stage.steps:
            mode = step.instruction.flag("chmod") or ""
            if step.instruction.name in ("COPY", "ADD") and lets_all_write(mode) and step.instruction.words:
                flag = next(flag for flag in step.instruction.flags if flag.name == "chmod")
                yield Found(message=f"everybody may write to {step.instruction.words[-1].text}", span=flag.span, advice=_advice(step.state.user))


def lets_all_write(mode: str) -> bool:
    """Whether a mode, of numbers or letters, lets everybody write; not that of /tmp, where nobody may replace what others wrote."""
    if re.fullmatch(r"[0-7]{3,5}", mode):
        return bool(int(mode[-1], 8) & 2) and not int(mode, 8) & 0o1000
    clauses = [re.fullmatch(r"([ugoa]*)[+=]([rwxXst]*)", clause) for clause in mode.split(",")]
    sticky = any(clause and "t" in clause[2] for clause in clauses)
    return not sticky and any(clause and set(clause[1]) & {"o", "a"} and "w" in clause[2] for clause in clauses)


def _advice(user: str) -> str:
    owner = user if user.partition(":")[0] not in ("", "root", "0") else "the user that the service runs as"
    return f"give it to {owner} with `chown`; where the user's number is not known before, `chgrp 0` and `chmod g=u`"
