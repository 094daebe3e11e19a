"""Finds compilers and headers that stay in the image."""

from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.bases import base_of
from paredown.rules.installed import building_packages, installed, name_of
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.manifests import declared, pyproject_of, requirements_in
from paredown.rules.purpose import is_python, is_service
from paredown.rules.recipe import Recipe
from paredown.rules.source_files import mentioned

# They compile while they run.
_COMPILING = frozenset({"triton", "vllm", "deepspeed", "flashinfer-python", "cffi", "cython", "pythran", "tensorrt-llm", "sglang", "jupyter", "jupyterlab"})


@rule(
    id="build-tools-installed",
    severity=Severity.WARNING,
    summary="compilers, build systems or headers stay in the image",
    why="A running service needs none of them: they are most of what apt brings for a build, scanners report their packages,"
    " and an intruder finds a compiler waiting. Removing them in a later RUN takes nothing from the layer they came in.",
    sources=("https://docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages", "https://docs.docker.com/build/building/multi-stage/"),
    same_as=("CIS 4.3", "NIST 4.1.2", "12-factor V"),
    before="FROM python:3.13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev && rm -rf /var/lib/apt/lists/*\n"
    'RUN pip install --no-cache-dir psycopg[c]==3.2.10\nCMD ["python", "-m", "shop"]\n',
    after="FROM python:3.13-slim AS builder\nRUN apt-get update && apt-get install -y --no-install-recommends gcc libpq-dev && rm -rf /var/lib/apt/lists/*\n"
    "RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir psycopg[c]==3.2.10\nFROM python:3.13-slim\n"
    "RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*\n"
    'COPY --from=builder /venv /venv\nCMD ["/venv/bin/python", "-m", "shop"]\n',
)
def build_tools_installed(recipe: Recipe) -> Iterator[Found]:
    if not is_service(recipe) or not is_python(recipe) or base_of(recipe.final).has_gpu_libraries or _compiles_when_it_runs(recipe):
        return
    found: dict[Span, list[str]] = {}
    for action, word in building_packages(recipe, *recipe.final.chain):
        found.setdefault(action.command.span, []).append(word.text)
    for _, action, word in installed(recipe, *recipe.final.chain):
        if name_of(word) == "git" and _only_the_build_calls_git(recipe):
            found.setdefault(action.command.span, []).append(word.text)
    for span, names in found.items():
        yield Found(
            message=f"{', '.join(names)} {'stays' if len(names) == 1 else 'stay'} in the image, where nothing is built any more",
            span=span,
            advice="build in an earlier stage, or remove them at the end of the same RUN; keep the libraries (libpq5 for libpq-dev)",
        )


def _compiles_when_it_runs(recipe: Recipe) -> bool:
    names = {one.name for one in (*declared(pyproject_of(recipe)), *requirements_in(recipe, "requirements.txt"))}
    return not _COMPILING.isdisjoint(names)


def _only_the_build_calls_git(recipe: Recipe) -> bool:
    """Whether a RUN of the image's own stages needs git, and no file of the build context speaks of it."""
    commands = [command for _, command in recipe.commands(*recipe.final.chain)]
    called = any(command.program == "git" or any("git+" in word.text for word in command.arguments) for command in commands)
    return called and recipe.context is not None and mentioned(recipe.context, frozenset({"git", "GitPython", "dulwich"})) == frozenset()
