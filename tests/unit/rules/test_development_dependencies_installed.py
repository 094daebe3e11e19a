import pytest
from tests.builders import told

from paredown.rules.dockerfiles.development_dependencies_installed import development_dependencies_installed

UV = {"pyproject.toml": '[project]\nname = "shop"\n[dependency-groups]\ndev = ["pytest"]\nprod = ["gunicorn"]\n'}
POETRY = {"pyproject.toml": '[tool.poetry.group.test.dependencies]\npytest = "*"\n'}
PDM = {"pyproject.toml": '[tool.pdm.dev-dependencies]\ntest = ["pytest"]\n'}
IN_PLACE = "FROM python:3.13\nRUN {}\n"


@pytest.mark.parametrize(
    ("run", "files", "message"),
    [
        ("uv sync", UV, "uv sync installs the groups that are for development: dev"),
        ("poetry install", POETRY, "poetry installs every group that is not optional: test"),
        ("pdm sync", PDM, "pdm installs the groups that are for development: test"),
        ("pipenv sync --dev", {}, "pipenv installs the development packages"),
        ("pip install -r requirements/dev.txt", {}, "requirements/dev.txt is for development"),
    ],
)
def test_development_group_in_the_image_is_told(run: str, files: dict[str, str], message: str) -> None:
    assert told(development_dependencies_installed, IN_PLACE.format(run), files) == [f"2: {message}"]


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (IN_PLACE.format("uv sync --no-dev"), UV),
        (IN_PLACE.format("uv sync --no-default-groups --group prod"), UV),
        ("FROM python:3.13\nENV UV_NO_DEV=1\nRUN uv sync\n", UV),
        (IN_PLACE.format("uv sync"), {"pyproject.toml": '[project]\nname = "shop"\n'}),
        (IN_PLACE.format("uv sync"), {"pyproject.toml": UV["pyproject.toml"] + '[tool.uv]\ndefault-groups = ["prod"]\n'}),
        (IN_PLACE.format("uv sync"), {}),
        (IN_PLACE.format("poetry install --only=main"), POETRY),
        (IN_PLACE.format("poetry install --without test"), POETRY),
        (IN_PLACE.format("poetry install"), {"pyproject.toml": POETRY["pyproject.toml"] + "[tool.poetry.group.test]\noptional = true\n"}),
        (IN_PLACE.format("poetry install $EXTRA"), POETRY),
        (IN_PLACE.format("pip install -r requirements.txt -r devices.txt"), {}),
        ("FROM python:3.13 AS dev\nRUN uv sync\n", UV),
        ("FROM python:3.13 AS test\nRUN uv sync && pytest\nFROM python:3.13-slim\nCOPY --from=test /report /report\n", UV),
        ("FROM python:3.13\nCOPY api/pyproject.toml api/uv.lock ./\nRUN uv sync\n", {**UV, "api/pyproject.toml": '[project]\nname = "api"\n'}),
    ],
)
def test_no_group_or_a_stage_that_does_not_ship_is_no_fault(text: str, files: dict[str, str]) -> None:
    assert told(development_dependencies_installed, text, files) == []


def test_environment_that_another_stage_fills_is_told() -> None:
    text = "FROM python:3.13 AS builder\nWORKDIR /app\nRUN uv sync\nFROM python:3.13-slim\nCOPY --from=builder /app/.venv /app/.venv\n"
    assert len(told(development_dependencies_installed, text, UV)) == 1


def test_file_for_development_is_told_by_the_name_of_its_dockerfile_and_then_no_fault() -> None:
    assert told(development_dependencies_installed, IN_PLACE.format("uv sync"), UV, name="Dockerfile.dev") == []
