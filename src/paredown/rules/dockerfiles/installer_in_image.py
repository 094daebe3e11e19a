"""Finds uv, Poetry and their like in the image."""

import re
from collections.abc import Iterator

from paredown.dockerfile.actions import Download, PythonInstall
from paredown.dockerfile.stages import Stage, Step, source_of
from paredown.rules.bases import base_of, image_span, read_base
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.manifests import requirement_of
from paredown.rules.purpose import is_service
from paredown.rules.recipe import Recipe

_INSTALLERS = frozenset({"uv", "poetry", "pdm", "pipenv", "hatch", "pip-tools"})
_SCRIPTS = re.compile(r"astral\.sh/uv|install\.python-poetry\.org|pdm-project\.org/install|uv-installer\.sh")


@rule(
    id="installer-in-image",
    severity=Severity.WARNING,
    summary="the tool that installs the dependencies stays in the image",
    why="After the build nothing is installed any more. The program uv alone is 38 MB (0.13, linux/amd64), and it lets an intruder install what he likes.",
    sources=("docling-project/docling-serve#56", "https://docs.astral.sh/uv/guides/integration/docker/#installing-uv"),
    same_as=("CIS 4.3", "12-factor V"),
    before="FROM python:3.13-slim\nCOPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/\nCOPY . /app\nWORKDIR /app\nRUN uv sync --locked --no-dev\n"
    'CMD [".venv/bin/shop"]\n',
    after="FROM python:3.13-slim\nCOPY . /app\nWORKDIR /app\nRUN --mount=from=ghcr.io/astral-sh/uv:0.9,source=/uv,target=/bin/uv uv sync --locked --no-dev\n"
    'CMD [".venv/bin/shop"]\n',
)
def installer_in_image(recipe: Recipe) -> Iterator[Found]:
    if not is_service(recipe):
        return
    final = recipe.final
    base = base_of(final)
    mounted = "mount it only while it is used: `RUN --mount=from=ghcr.io/astral-sh/uv,source=/uv,target=/bin/uv uv sync ...`, or install in a build stage"
    elsewhere = "install in a build stage, and copy the environment only"
    if base.name == "ghcr.io/astral-sh/uv":
        yield Found(
            message=f"the image starts from {final.image}, and so has uv in it",
            span=image_span(final.chain[0]),
            advice=f"start from python:{base.python}-slim; {mounted}" if base.python else mounted,
        )
    for step in final.all_steps():
        if _copies_uv(step):
            yield Found(message="uv stays in the image", span=step.instruction.span, advice=mounted)
    for step in final.all_steps():
        if names := _brought(recipe, step):
            message = f"{' and '.join(names)} {'comes' if len(names) == 1 else 'come'} along with what is copied"
            yield Found(
                message=message, span=step.instruction.span, advice="install into an environment of its own, `python -m venv /venv`, and copy only that"
            )
    for stage in final.chain:
        for step, action in recipe.actions(PythonInstall, stage):
            names = [found.written for word in action.packages if (found := requirement_of(word.text)) and found.name in _INSTALLERS]
            if names and action.tool in ("pip", "uv pip") and not _removed(recipe, step, names):
                advice = mounted if names == ["uv"] else elsewhere
                yield Found(message=f"{' and '.join(names)} {'stays' if len(names) == 1 else 'stay'} in the image", span=action.command.span, advice=advice)
        for step, download in recipe.actions(Download, stage):
            script = next((word.text for word in download.urls if _SCRIPTS.search(word.text)), None)
            if script and not any(command.program == "rm" for command in recipe.script(step).commands):
                yield Found(
                    message=f"what {script} installs stays in the image",
                    span=download.command.span,
                    advice=mounted if "uv" in script else elsewhere,
                )


def _brought(recipe: Recipe, step: Step) -> list[str]:
    """Installers that a COPY takes along, as it takes all programs or distributions of a stage's own Python."""
    source = source_of(step, recipe.stages) if step.instruction.name == "COPY" else None
    if not isinstance(source, Stage):
        return []
    folders = {step.state.expand(word.text).rstrip("/") for word in step.instruction.words[:-1]}
    if not any(folder in ("/usr/local", "/usr/local/bin", "/usr") for folder in folders):
        return []
    found: list[str] = []
    for one, action in recipe.actions(PythonInstall, *source.chain):
        own = action.tool == "pip" and "/" not in action.command.words[0].text and not action.command.has("--target", "-t", "--prefix", "--user", "--root")
        names = [named.written for word in action.packages if (named := requirement_of(word.text)) and named.name in _INSTALLERS] if own else []
        found += names if not _removed(recipe, one, names) else []
    return list(dict.fromkeys(found))


def _copies_uv(step: Step) -> bool:
    return step.instruction.name == "COPY" and read_base(step.state.expand(step.instruction.flag("from") or "")).name in ("ghcr.io/astral-sh/uv", "astral/uv")


def _removed(recipe: Recipe, step: Step, names: list[str]) -> bool:
    words = {word.text for command in recipe.script(step).commands if "uninstall" in [one.text for one in command.arguments] for word in command.arguments}
    return set(names) <= words
