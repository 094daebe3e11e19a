import pytest
from tests.builders import told

from paredown.rules.dockerfiles.editable_install_left_behind import editable_install_left_behind

PACKAGE = {"pyproject.toml": '[project]\nname = "shop"\n[build-system]\nrequires = ["hatchling"]\n'}
BUILDER = "FROM python:3.13 AS b\nWORKDIR /app\nCOPY . .\nRUN {}\nFROM python:3.13-slim\n"
ONLY_VENV = "COPY --from=b /app/.venv /app/.venv\n"


@pytest.mark.parametrize("run", ["uv sync --no-dev", "python -m venv .venv && .venv/bin/pip install -e ."])
def test_source_that_stays_in_the_builder_is_told(run: str) -> None:
    message = "4: /app/.venv points at the source in /app, which no COPY brings into the image"
    assert told(editable_install_left_behind, BUILDER.format(run) + ONLY_VENV, PACKAGE) == [message]


@pytest.mark.parametrize(
    ("run", "copies"),
    [
        ("uv sync --no-editable", ONLY_VENV),
        ("UV_NO_EDITABLE=1 uv sync", ONLY_VENV),
        ("uv sync --no-install-project", ONLY_VENV),
        ("uv sync", "COPY --from=b /app /app\n"),
        ("uv sync", ONLY_VENV + "COPY --from=b /app/src /app/src\n"),
        ("uv sync", ONLY_VENV + "WORKDIR /app\nCOPY . .\n"),
        ("python -m venv .venv && .venv/bin/pip install .", ONLY_VENV),
    ],
)
def test_source_that_comes_along_or_is_not_needed_is_no_fault(run: str, copies: str) -> None:
    assert told(editable_install_left_behind, BUILDER.format(run) + copies, PACKAGE) == []


def test_project_that_is_no_package_is_no_fault() -> None:
    assert told(editable_install_left_behind, BUILDER.format("uv sync") + ONLY_VENV, {"pyproject.toml": '[project]\nname = "shop"\n'}) == []
    assert told(editable_install_left_behind, BUILDER.format("uv sync") + ONLY_VENV) == []
