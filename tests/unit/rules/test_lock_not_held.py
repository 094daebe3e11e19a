import pytest
from tests.builders import told

from paredown.rules.dockerfiles.lock_not_held import lock_not_held

LOCKS = {"uv.lock": "", "pdm.lock": "", "poetry.lock": "", "Pipfile.lock": "{}", "pyproject.toml": "", "Pipfile": ""}


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ("uv sync --no-dev", "uv sync changes an outdated uv.lock instead of stopping"),
        ("pipenv install --system", "pipenv install changes an outdated Pipfile.lock instead of stopping"),
        ("pdm install --prod", "pdm install changes an outdated pdm.lock instead of stopping"),
    ],
)
def test_install_that_may_change_the_lock_is_told(run: str, message: str) -> None:
    assert told(lock_not_held, f"FROM python:3.13\nRUN {run}\n", LOCKS) == [f"2: {message}"]


@pytest.mark.parametrize(
    "run",
    [
        "uv sync --locked", "uv sync --frozen", "UV_FROZEN=1 uv sync", "uv sync $ARGS", "poetry install", "pipenv sync", "pipenv install --deploy --system",
        "pipenv install --system --ignore-pipfile", "pipenv install flask", "pdm sync", "pdm install --frozen-lockfile", "uv pip sync a.txt",
    ],
)  # fmt: skip
def test_install_that_holds_the_lock_or_has_none_is_no_fault(run: str) -> None:
    assert told(lock_not_held, f"FROM python:3.13\nRUN {run}\n", LOCKS) == []


def test_project_without_a_lock_is_told() -> None:
    text = "FROM python:3.13\nCOPY . .\nRUN poetry install --only main\n"
    assert told(lock_not_held, text, {"pyproject.toml": ""}) == ["3: there is no poetry.lock: every build takes the newest versions"]


def test_project_of_another_folder_is_no_fault() -> None:
    assert told(lock_not_held, "FROM python:3.13\nCOPY api/pyproject.toml api/poetry.lock ./\nRUN poetry install\n", {"api/poetry.lock": ""}) == []
