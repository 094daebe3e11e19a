import pytest
from tests.builders import told

from paredown.rules.dockerfiles.installer_cache_kept import installer_cache_kept


@pytest.mark.parametrize(
    "run",
    [
        "RUN --mount=type=cache,target=/root/.cache/uv uv sync",
        "ENV UV_NO_CACHE=1\nRUN uv sync",
        "RUN uv sync --no-cache",
        "ENV UV_CACHE_DIR=/tmp/uv\nRUN uv sync",
        "RUN uv sync && rm -rf /root/.cache",
        "RUN uv sync && rm -rf ~/.cache/uv",
        "RUN uv sync && uv cache clean",
        "ENV POETRY_CACHE_DIR=/opt/x\nRUN poetry install && rm -rf $POETRY_CACHE_DIR",
        "RUN conda install -y a && conda clean -afy",
        "RUN conda env create -f a.yml && conda clean --all -f -y && rm -rf b",
        "RUN conda env list",
        "RUN pip install a",  # another rule's
    ],
)
def test_cache_that_does_not_stay_is_silent(run: str) -> None:
    assert told(installer_cache_kept, f"FROM python:3.13\n{run}\n") == []


def test_stage_that_only_builds_is_silent() -> None:
    assert told(installer_cache_kept, "FROM python AS build\nRUN uv sync\nFROM python\nCOPY --from=build /app /app\n") == []


@pytest.mark.parametrize("tool", ["poetry install", "pdm sync", "pipenv install --deploy"])
def test_cache_of_each_tool_is_found(tool: str) -> None:
    assert told(installer_cache_kept, f"FROM python\nRUN {tool}\n") == [f"2: {tool.partition(' ')[0]} keeps what it downloads in this layer"]
