"""Finds PyTorch with CUDA in images that nothing gives a graphics processor."""

import re
from collections.abc import Iterator, Mapping

from paredown.dockerfile.actions import PythonInstall
from paredown.dockerfile.stages import Step
from paredown.rules.bases import base_of
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.manifests import declared, pyproject_of, requirement_of, requirements_in, source_in_context, text_of
from paredown.rules.purpose import is_for_development
from paredown.rules.recipe import Recipe

_WITH_CUDA = frozenset({"torch", "torchvision", "torchaudio"})
_INDEX = re.compile(r"download\.pytorch\.org|UV_TORCH_BACKEND|torch-backend|\+cpu|\+cu\d|whl/cpu")
_GPU = re.compile(r"cuda|nvidia|gpu|rocm|cu1[123]\d?\b", re.IGNORECASE)
_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")


@rule(
    id="gpu-wheels-without-gpu",
    severity=Severity.WARNING,
    summary="PyTorch comes with CUDA, and nothing here is for a graphics processor",
    why="On x86 PyPI's torch depends on a dozen NVIDIA distributions: 3 GB of libraries in an image that was meant for the CPU, by one report."
    " The index of PyTorch has builds for the CPU without them.",
    sources=("invoke-ai/InvokeAI#7947", "astral-sh/uv#9324", "https://docs.astral.sh/uv/guides/integration/pytorch/", "https://pytorch.org/get-started/locally/"),
    before='FROM python:3.13-slim\nRUN pip install --no-cache-dir torch==2.9.0\nCMD ["python", "-m", "shop"]\n',
    after="FROM python:3.13-slim\nRUN pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu torch==2.9.0\n"
    'CMD ["python", "-m", "shop"]\n',
)  # fmt: skip
def gpu_wheels_without_gpu(recipe: Recipe) -> Iterator[Found]:
    base = base_of(recipe.final)
    if not base.libc or base.has_gpu_libraries or is_for_development(recipe) or _is_for_gpu(recipe) or "arm64" in recipe.dockerfile.text:
        return
    for step, action in recipe.actions(PythonInstall):
        if names := _from_pypi(recipe, step, action):
            advice = "take it from PyTorch's index for the CPU: `--index-url https://download.pytorch.org/whl/cpu`, with `uv pip` `--torch-backend cpu`"
            message = f"{' and '.join(names)} {'brings' if len(names) == 1 else 'bring'} NVIDIA's libraries along, and nothing here names a GPU"
            yield Found(message=message, span=action.command.span, advice=advice)
            return


def _from_pypi(recipe: Recipe, step: Step, action: PythonInstall) -> list[str]:
    """The distributions with CUDA that this install takes from PyPI."""
    values: Mapping[str, str] = {**step.state.variables, **dict(action.command.assignments)}
    if any(_INDEX.search(f"{name}={value}") for name, value in values.items()) or any(_INDEX.search(word.text) for word in action.command.arguments):
        return []
    if action.tool == "uv sync":
        lock = text_of(recipe, "uv.lock") or ""
        names = {one.name for one in declared(pyproject_of(recipe))} & _WITH_CUDA
        return sorted(names) if "nvidia-cudnn" in lock and "download.pytorch.org" not in lock else []
    if (
        action.tool not in ("pip", "uv pip")
        or values.get("PIP_INDEX_URL")
        or values.get("UV_INDEX_URL")
        or action.command.has("--index-url", "-i", "--no-deps")
    ):
        return []
    named = [one for word in action.packages if (one := requirement_of(word.text))]
    for word in action.files:
        path = source_in_context(recipe, step, word.text)
        if _INDEX.search((recipe.context.text(path) if recipe.context is not None else None) or ""):
            return []
        named += requirements_in(recipe, path)
    return sorted({one.name for one in named if one.name in _WITH_CUDA and not _INDEX.search(one.rest)})


def _is_for_gpu(recipe: Recipe) -> bool:
    """Whether the Dockerfile or a compose file beside it speaks of a GPU."""
    if _GPU.search(recipe.dockerfile.text):
        return True
    return recipe.context is not None and any(_GPU.search(recipe.context.text(name) or "") for name in _COMPOSE)
