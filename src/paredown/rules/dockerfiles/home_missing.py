"""Finds services whose user has no home folder, and that have libraries which keep their caches there."""

import re
from collections.abc import Iterator

from paredown.dockerfile.actions import PythonInstall, UserAdded
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe
from paredown.rules.service_users import service_user

# What each library calls the folder of its cache; without the variable it lies below the home folder.
_CACHES = {
    "transformers": "HF_HOME", "huggingface-hub": "HF_HOME", "sentence-transformers": "HF_HOME", "datasets": "HF_HOME", "diffusers": "HF_HOME",
    "faster-whisper": "HF_HOME", "matplotlib": "MPLCONFIGDIR", "numba": "NUMBA_CACHE_DIR", "librosa": "NUMBA_CACHE_DIR", "nltk": "NLTK_DATA",
    "easyocr": "EASYOCR_MODULE_PATH", "torch": "TORCH_HOME", "openai-whisper": "XDG_CACHE_HOME", "fastembed": "FASTEMBED_CACHE_PATH",
}  # fmt: skip
_FILES = ("requirements.txt", "pyproject.toml", "requirements/base.txt", "requirements/production.txt", "app/requirements.txt", "backend/requirements.txt")


@rule(
    id="home-missing",
    severity=Severity.WARNING,
    summary="the service's user has no home folder, where its libraries keep their caches",
    why="Model caches, fonts and compiled functions go below the home folder unless a variable names another one: without it the service ends with "
    "PermissionError at the first model, or does the work again at every start.",
    sources=("python-poetry/poetry#8408", "zylon-ai/private-gpt#1876", "OHF-Voice/wyoming-faster-whisper#27", "numba/numba#5566"),
    before="FROM python:3.13-slim\nRUN pip install --no-cache-dir transformers==4.57.0\n"
    "RUN adduser --disabled-password --home /nonexistent --no-create-home --uid 10001 app\nUSER app\n",
    after="FROM python:3.13-slim\nRUN pip install --no-cache-dir transformers==4.57.0\nRUN useradd --create-home --uid 10001 app\nUSER app\n",
)
def home_missing(recipe: Recipe) -> Iterator[Found]:
    user = service_user(recipe)
    environment = recipe.final.state.environment
    if user is None or "HOME" in environment or "XDG_CACHE_HOME" in environment:
        return
    caches = {name: variable for name, variable in _CACHES.items() if variable not in environment and name in _named(recipe)}
    for _, action in recipe.actions(UserAdded, *recipe.final.chain):
        told = user.name in (action.name, str(action.number))
        if action.is_group or not told or not _is_homeless(action) or not caches:
            continue
        name, variable = next(iter(caches.items()))
        yield Found(
            message=f"{action.name} has no home folder, and {name} keeps its cache there",
            span=action.command.span, advice=f"create one (`useradd --create-home`), or set {variable} to a folder that {action.name} may write",
        )  # fmt: skip


def _is_homeless(action: UserAdded) -> bool:
    words = [word.text for word in action.command.arguments]
    absent = any(re.fullmatch(r"--no-create-home|/nonexistent|--home(?:-dir)?=/nonexistent|/dev/null", word) for word in words)
    if action.command.program == "useradd":
        return absent or action.command.has("-M")
    return absent or action.command.has("-H")


def _named(recipe: Recipe) -> frozenset[str]:
    """The distributions that the Dockerfile or the context names."""
    on_line = [word.text for _, action in recipe.actions(PythonInstall) for word in action.packages]
    texts = [recipe.context.text(file) or "" for file in _FILES] if recipe.context else []
    in_files = [match[1] for text in texts for match in re.finditer(r"(?m)^[ \t]*[\"']?([A-Za-z][\w.-]*)(?:\[[^\]]*\])?\s*(?:[=<>~!;,\"']|$)", text)]
    names = (re.match(r"[A-Za-z][\w.-]*", name) for name in (*on_line, *in_files))
    return frozenset(name[0].lower().replace("_", "-") for name in names if name)
