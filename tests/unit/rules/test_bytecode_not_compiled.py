import pytest
from tests.builders import told

from paredown.rules.dockerfiles.bytecode_not_compiled import bytecode_not_compiled

END = '\nCMD ["python", "-m", "app"]\n'


@pytest.mark.parametrize(
    "steps",
    [
        "RUN pip install a",
        "ENV PYTHONDONTWRITEBYTECODE=1\nRUN pip install a",  # pip compiles all the same
        "ENV UV_COMPILE_BYTECODE=1\nRUN uv sync",
        "RUN uv sync --compile-bytecode",
        "RUN uv sync && python -m compileall /app",
        "RUN poetry install --compile",
        "RUN uv pip install --system uv==0.8.0",
    ],
)
def test_environment_with_bytecode_is_silent(steps: str) -> None:
    assert told(bytecode_not_compiled, f"FROM python\n{steps}{END}") == []


def test_stage_that_the_image_copies_from_counts() -> None:
    text = f"FROM python AS build\nRUN uv sync\nFROM python\nENV PYTHONDONTWRITEBYTECODE=1\nCOPY --from=build /app /app{END}"
    (found,) = told(bytecode_not_compiled, text)
    assert found.endswith("new container compiles what it imports, and PYTHONDONTWRITEBYTECODE keeps it from ever staying")


def test_stage_that_only_tests_is_silent() -> None:
    assert told(bytecode_not_compiled, f"FROM python AS test\nRUN uv sync\nFROM python\nRUN pip install a{END}") == []
