"""Finds variables that nothing sets where they are used."""

import difflib
import re
from collections.abc import Iterator, Mapping

from paredown.dockerfile.stages import Stage, Step, undefined
from paredown.dockerfile.syntax import Edit, Span
from paredown.rules.bases import Base, base_of
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe

# Set by BuildKit where a stage declares them: https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
_AUTOMATIC = frozenset({"TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT"})
_PYTHON_SETS = frozenset({
    "PATH", "LANG", "GPG_KEY", "PYTHON_VERSION", "PYTHON_SHA256", "PYTHON_PIP_VERSION", "PYTHON_SETUPTOOLS_VERSION", "PYTHON_GET_PIP_URL",
    "PYTHON_GET_PIP_SHA256",
})  # fmt: skip
_SETS: Mapping[str, frozenset[str]] = {  # https://github.com/docker-library/python, https://github.com/debuerreotype/docker-debian-artifacts, ...
    "python": _PYTHON_SETS, "debian": frozenset({"PATH"}), "ubuntu": frozenset({"PATH", "LANG"}), "alpine": frozenset({"PATH"}), "scratch": frozenset({"PATH"}),
}  # fmt: skip


@rule(
    id="variable-undefined",
    severity=Severity.WARNING,
    summary="a variable is used where nothing sets it, so it is empty",
    why="A stage does not see an ARG from in front of its FROM before it declares it again, and HOME is no variable of the build:"
    " `$HOME/.local/bin` becomes `/.local/bin`, `:$PYTHONPATH` the working directory.",
    sources=("https://docs.docker.com/reference/build-checks/undefined-var/", "https://docs.docker.com/reference/dockerfile/#scope"),
    same_as=("buildkit UndefinedVar",),
    safety=Safety.OPT_IN,
    before="ARG FOLDER=/srv\nFROM python:3.13-slim\nWORKDIR $FOLDER\n",
    after="ARG FOLDER=/srv\nFROM python:3.13-slim\nARG FOLDER\nWORKDIR $FOLDER\n",
)
def variable_undefined(recipe: Recipe) -> Iterator[Found]:
    outer = _outer(recipe)
    for stage in recipe.stages:
        told: set[str] = set()
        base = base_of(stage)
        for step in stage.steps:
            names = dict.fromkeys((*undefined(step), *(name for name in outer | _AUTOMATIC if _read_by_script(name, step))))
            for name in names:
                if name in told:
                    continue
                told.add(name)
                if name in outer | _AUTOMATIC:
                    yield _outside(name, step, name in outer)
                elif (sets := _set_by(base)) is not None and name not in sets:
                    yield _nowhere(name, step, stage, sets)


def _outside(name: str, step: Step, declared: bool) -> Found:
    start = step.instruction.span.start
    where = "declared in front of FROM only" if declared else "set only in stages that declare it"
    return Found(message=f"{name} is empty here: it is {where}", span=_place(name, step), edits=(Edit(Span(start, start), f"ARG {name}\n"),))


def _nowhere(name: str, step: Step, stage: Stage, sets: frozenset[str]) -> Found:
    near = difflib.get_close_matches(name, [*step.state.variables, *sets], n=1, cutoff=0.75)
    if name == "HOME":
        advice = "write the folder itself; HOME is set when a process starts, not in the Dockerfile's own words"
    elif any(pair.name == name for pair in step.instruction.pairs):
        advice = f"leave `${name}` away: nothing has set it before"
    else:
        advice = f"did you mean {near[0]}?" if near else f"write `ARG {name}` or `ENV {name}=...` in front"
    return Found(message=f"nothing in {stage.image} or this stage sets {name}", span=_place(name, step), advice=advice)


def _set_by(base: Base) -> frozenset[str] | None:
    """The variables of an image, None where nobody knows them."""
    return None if base.system == "windows" else _SETS.get(base.name)


def _outer(recipe: Recipe) -> frozenset[str]:
    """What is declared in front of the first FROM."""
    first = recipe.stages[0].instruction.span.start
    return frozenset(pair.name for one in recipe.dockerfile.instructions if one.name == "ARG" and one.span.start < first for pair in one.pairs)


def _read_by_script(name: str, step: Step) -> bool:
    """Whether a RUN's script reads `name`, without a default, and nothing sets it."""
    instruction = step.instruction
    if instruction.name != "RUN" or instruction.exec_form or name in step.state.variables:
        return False
    text = instruction.arguments.text + "".join(heredoc.content.text for heredoc in instruction.heredocs if heredoc.expands)
    read = re.search(rf"(?<![\\$])\$(?:{name}\b|\{{{name}(?:\}}|[#%/]))", text)
    return read is not None and re.search(rf"\b{name}:?=|\b(?:for|read(?: -\w+)*|local|export|declare)\s+{name}\b|'[^']*\${{?{name}\b[^']*'", text) is None


def _place(name: str, step: Step) -> Span:
    """Where the instruction uses it."""
    text = step.instruction.arguments
    found = re.search(rf"\$\{{?{name}\b", text.text)
    return text.span(found.start(), found.end()) if found else step.instruction.span
