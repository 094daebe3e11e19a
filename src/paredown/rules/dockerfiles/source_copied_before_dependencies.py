"""Finds sources that are copied before the dependencies are installed."""

import posixpath
import re
import tomllib
from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall, action_of
from paredown.dockerfile.stages import Stage, Step
from paredown.dockerfile.syntax import Edit, Span
from paredown.rules.context_files import copies_all, is_there
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.reach import lies_in, target_of
from paredown.rules.recipe import Recipe

_LOCKED = {"uv sync": ("uv.lock", "--no-install-project"), "poetry": ("poetry.lock", "--no-root")}
_PASSIVE = frozenset({"EXPOSE", "LABEL", "CMD", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL", "VOLUME"})


@rule(
    id="source-copied-before-dependencies",
    severity=Severity.WARNING,
    summary="the sources are copied before the dependencies are installed",
    why="Each change of a line of code makes that copy's layer anew, and with it all below: every build downloads and installs all dependencies again.",
    sources=("https://docs.docker.com/build/cache/optimize/#order-your-layers", "https://docs.astral.sh/uv/guides/integration/docker/#intermediate-layers"),
    safety=Safety.VERIFIED,
    before="FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n",
    after="FROM python:3.13-slim\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n",
    files=(("requirements.txt", "flask==3.1.0\n"), ("app.py", "")),
)
def source_copied_before_dependencies(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        copied: Step | None = None
        for step in stage.steps:
            if copied is None and copies_all(step):
                copied = step
            elif step.instruction.name == "RUN":
                installs = [
                    action for action in map(action_of, recipe.script(step).commands) if isinstance(action, PythonInstall) and _is_of_dependencies(action)
                ]
                if copied is None and any(action.tool != "pip" or action.files for action in installs):
                    break  # dependencies come first, what comes later is the project itself
                if copied is not None and installs:
                    yield Found(
                        message=f"any change of a file makes line {step.instruction.line} install all dependencies again",
                        span=copied.instruction.span,
                        edits=_edits(recipe, stage, copied, step, installs),
                        advice=f"copy {_manifests(installs)} first, install, and copy the rest below",
                    )
                    break


def _is_of_dependencies(action: PythonInstall) -> bool:
    return bool(action.files) or action.tool in ("uv sync", "poetry", "pdm", "pipenv")


def _manifests(installs: list[PythonInstall]) -> str:
    files = [word.text for action in installs for word in action.files]
    return " and ".join(files) or {
        "uv sync": "pyproject.toml and uv.lock",
        "poetry": "pyproject.toml and poetry.lock",
        "pipenv": "Pipfile and Pipfile.lock",
    }.get(installs[0].tool, "pyproject.toml and its lock")


def _edits(recipe: Recipe, stage: Stage, copied: Step, install: Step, installs: list[PythonInstall]) -> tuple[Edit, ...]:
    """The manifests and the install above the copy, where only they are needed. What installs the project as well is run again below."""
    between = stage.steps[stage.steps.index(copied) + 1 : stage.steps.index(install)]
    commands = recipe.script(install).commands
    alone = all(isinstance(action, PythonInstall) and not _names_a_path(action) for action in map(action_of, commands)) and recipe.script(install).understood
    instruction, text = install.instruction, recipe.dockerfile.text
    if any(step.instruction.name not in _PASSIVE for step in between) or not alone or instruction.exec_form or instruction.heredocs:
        return ()
    if len(copied.instruction.words) != 2 or len(installs) != 1:
        return ()
    action = installs[0]
    needed = _locked(recipe, action) if action.tool in _LOCKED else _requirements(recipe, copied, action)
    if not needed:
        return ()
    flags = "".join(f"{text[flag.span.start : flag.span.end]} " for flag in copied.instruction.flags)
    target = copied.instruction.words[-1].text.rstrip("/") + "/"
    start, end = instruction.span.start, instruction.span.end
    run = text[start:end]
    gone: tuple[Edit, ...] = ()
    if action.tool in _LOCKED:
        place = action.word.span.end - start
        run = f"{run[:place]} {_LOCKED[action.tool][1]}{run[place:]}"
    else:
        line = text.rfind("\n", 0, start) + 1
        gone = (Edit(Span(line, text.find("\n", end) + 1 or len(text)), ""),)
    place = copied.instruction.span.start
    return (Edit(Span(place, place), f"COPY {flags}{' '.join(needed)} {target}\n{run}\n"), *gone)


def _names_a_path(action: PythonInstall) -> bool:
    return bool(action.editable) or any(re.match(r"[./]|file:", word.text) or not word.plain for word in action.packages)


def _requirements(recipe: Recipe, copied: Step, action: PythonInstall) -> tuple[str, ...]:
    """The requirements files as paths of the context; () unless they are there and need no other file."""
    found: list[str] = []
    folder = target_of(copied)
    for word in action.files:
        path = copied.state.path(word.text)
        relative = posixpath.relpath(path, folder)
        content = recipe.context.text(relative) if recipe.context and lies_in(path, folder) else None
        if (
            content is None
            or recipe.ignored.ignores(relative)
            or "/" in relative
            or re.search(r"(?m)^\s*(?:-[recf]\b|--(?:req|con|edi|find)|\.|/|[^#\n]*file:)", content)
        ):
            return ()
        found.append(relative)
    return tuple(found)


def _locked(recipe: Recipe, action: PythonInstall) -> tuple[str, ...]:
    """The project's file and its lock; () unless both are there and name no other folder."""
    lock, flag = _LOCKED[action.tool]
    context = recipe.context
    if context is None or action.command.has(flag) or not is_there(context, lock) or any(recipe.ignored.ignores(name) for name in ("pyproject.toml", lock)):
        return ()
    text = context.text("pyproject.toml") or ""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ()
    return () if not text or re.search(r"\bworkspace\b|\bpath\s*=|\beditable\s*=", text) else ("pyproject.toml", lock)
