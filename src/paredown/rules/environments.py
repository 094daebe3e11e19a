"""Folders that Python distributions are put into, by which Python, and how they come from one stage into another."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.dockerfile.actions import PythonInstall, SystemInstall, action_of
from paredown.dockerfile.shell import ShellCommand
from paredown.dockerfile.stages import Stage, Step, source_of
from paredown.rules.bases import base_of
from paredown.rules.recipe import Recipe

_PYTHON = re.compile(r"(?:python|pypy)[\d.]*\Z")
_PYTHON_PACKAGE = re.compile(r"python3(?:\.\d+)?(?:-(?:minimal|venv|full|pip|dev))?\Z")
_SITE = re.compile(r"/lib/python(\d\.\d+)(?:/(?:site|dist)-packages)?/?\Z")
_TRUE = ("1", "true", "yes", "on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A folder with Python distributions that `command` of `step` makes in `stage`; a virtual one has a link to its interpreter."""

    path: str
    is_virtual: bool
    stage: Stage
    step: Step
    command: ShellCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A COPY of `stage` that takes `path`, a folder with distributions, out of `source`, to `target`.

    `environment` is what is known of it; None where the path alone tells.
    """

    step: Step
    stage: Stage
    source: Stage
    path: str
    target: str
    environment: Environment | None


def environments(recipe: Recipe, stage: Stage) -> Iterator[Environment]:
    """The environments that the stages of a chain make, each once, in order."""
    seen: set[str] = set()
    for one in stage.chain:
        for step, script in recipe.runs(one):
            moved = False  # whether the working directory is no longer the stage's
            for command in script.commands:
                moved = moved or command.program in ("cd", "pushd")
                path, is_virtual = _made(command, step)
                if path and path not in seen and (path.startswith("/") or not moved):
                    seen.add(path)
                    yield Environment(path=step.state.path(path), is_virtual=is_virtual, stage=one, step=step, command=command)


def carried(recipe: Recipe, stage: Stage) -> Iterator[Carried]:
    """What the stages of a chain copy of the distributions that other stages hold."""
    for one in stage.chain:
        for step in one.steps:
            if step.instruction.name != "COPY" or step.instruction.exec_form or step.instruction.flag("parents") is not None:
                continue
            source = source_of(step, recipe.stages)
            words = [step.state.expand(word.text) for word in step.instruction.words]
            if isinstance(source, Stage) and len(words) >= 2 and source.index != one.index:
                yield from _taken(recipe, one, step, source, words)


def _taken(recipe: Recipe, stage: Stage, step: Step, source: Stage, words: list[str]) -> Iterator[Carried]:
    known = tuple(environments(recipe, source))
    for word in words[:-1]:
        path = posixpath.normpath("/" + word.lstrip("/"))
        target = step.state.path(words[-1])
        within = [one for one in known if (one.path + "/").startswith(path.rstrip("/") + "/")]
        for one in within:
            place = posixpath.normpath(target + one.path[len(path.rstrip("/")) :])
            yield Carried(step=step, stage=stage, source=source, path=one.path, target=place, environment=one)
        if not within and (_SITE.search(path) or posixpath.basename(path) in ("venv", ".venv", "site-packages", "dist-packages")):
            owner = next((one for one in known if path.startswith(one.path + "/")), None)
            yield Carried(step=step, stage=stage, source=source, path=path, target=target, environment=owner if owner is None or not owner.is_virtual else None)


def python_of(recipe: Recipe, stage: Stage) -> str:
    """The Python of a stage, as `3.13`; empty where its base does not say, or where its scripts bring or choose another one."""
    python = base_of(stage).python
    for one in stage.chain:
        for step, command in recipe.commands(one):
            action = action_of(command)
            own = isinstance(action, SystemInstall) and any(_PYTHON_PACKAGE.match(word.text) for word in action.packages)
            chosen = command.program in ("uv", "pyenv", "conda", "mamba", "micromamba") and (
                command.program != "uv" or command.has("--python", "-p") or [word.text for word in command.arguments[:2]] == ["python", "install"]
            )
            if own or chosen or {**step.state.variables, **dict(command.assignments)}.get("UV_PYTHON"):
                return ""
    return python


def interpreter_of(recipe: Recipe, stage: Stage) -> str:
    """The folder of a stage's `python3`; empty where nobody knows, or where it may have several."""
    folder = base_of(stage).interpreter
    packaged = any(_PYTHON_PACKAGE.match(word.text) for _, action in recipe.actions(SystemInstall, *stage.chain) for word in action.packages)
    if not base_of(stage).python:
        return folder if packaged else ""
    return "" if packaged and folder != "/usr/bin" else folder


def python_in(path: str) -> str:
    """The Python that a folder of distributions is for, as its path says: `/usr/local/lib/python3.13/site-packages`."""
    found = _SITE.search(path)
    return found[1] if found else ""


def is_set(step: Step, command: ShellCommand, *names: str) -> bool:
    """Whether one of these variables says yes where `command` runs."""
    values = {**step.state.variables, **dict(command.assignments)}
    return any(values.get(name, "").strip("\"'").lower() in _TRUE for name in names)


def _in_project(step: Step) -> bool:
    """Whether this RUN tells Poetry to put the environment beside the project."""
    return "virtualenvs.in-project true" in step.instruction.arguments.text


def _made(command: ShellCommand, step: Step) -> tuple[str, bool]:
    """The folder that `command` makes an environment in, as written, and whether it is a virtual one; empty when it makes none."""
    words = [word.text for word in command.arguments]
    values = {**step.state.variables, **dict(command.assignments)}
    if _PYTHON.match(command.program) and words[:2] in (["-m", "venv"], ["-m", "virtualenv"]):
        found = [word for word in command.operands("-p", "--python", "--prompt", "-m") if word.plain or "$" in word.text]
        return (step.state.expand(found[0].text), True) if found else ("", True)
    if command.program == "virtualenv":
        found = list(command.operands("-p", "--python", "--prompt"))
        return (step.state.expand(found[0].text), True) if found else ("", True)
    if command.program == "uv" and words[:1] == ["venv"]:
        found = list(command.operands("-p", "--python", "--prompt"))[1:]
        return (step.state.expand(found[0].text) if found else values.get("UV_PROJECT_ENVIRONMENT", ".venv"), True)
    action = action_of(command)
    if not isinstance(action, PythonInstall):
        return "", False
    match action.tool:
        case "uv sync" if not command.has("--project", "--directory", "--active"):
            return values.get("UV_PROJECT_ENVIRONMENT", ".venv"), True
        case "poetry" if (is_set(step, command, "POETRY_VIRTUALENVS_IN_PROJECT") or _in_project(step)) and not values.get("VIRTUAL_ENV"):
            return ".venv", True
        case "pipenv" if is_set(step, command, "PIPENV_VENV_IN_PROJECT"):
            return ".venv", True
        case "pip" | "uv pip":
            for place, word in enumerate(words):
                flag, equals, value = word.partition("=")
                if flag in ("--target", "-t", "--prefix"):
                    return step.state.expand(value if equals else (words[place + 1 :] or [""])[0]), False
            return ("/root/.local", False) if "--user" in words and step.state.user in ("", "root", "0") else ("", False)
        case _:
            return "", False
