import pytest

from paredown.dockerfile.parse import parse
from paredown.rules.purpose import is_python, is_service
from paredown.rules.recipe import Recipe, recipe_of


def recipe(text: str, name: str = "Dockerfile") -> Recipe:
    return recipe_of(parse(text), None, name)


@pytest.mark.parametrize("text", ['CMD ["uvicorn", "shop:app"]', "CMD python main.py", 'ENTRYPOINT ["/start.sh"]', 'ENTRYPOINT ["gunicorn"]\nCMD ["bash"]'])
def test_image_with_a_command_of_its_own_is_a_service(text: str) -> None:
    assert is_service(recipe(f"FROM a:1\n{text}\n"))


@pytest.mark.parametrize("text", ["RUN true", 'CMD ["python3"]', "CMD bash"])
def test_image_that_starts_nothing_or_a_bare_interpreter_is_no_service(text: str) -> None:
    assert not is_service(recipe(f"FROM a:1\n{text}\n"))


def test_stage_or_file_for_developers_is_no_service() -> None:
    assert not is_service(recipe("FROM a:1 AS dev-envs\nCMD uvicorn shop:app\n"))
    assert not is_service(recipe("FROM a:1\nCMD uvicorn shop:app\n", "Dockerfile.test"))
    assert is_service(recipe("FROM a:1 AS device\nCMD uvicorn shop:app\n"))


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("FROM python:3.13\n", True),
        ("FROM debian:13\nRUN pip install flask\n", True),
        ("FROM python:3.13 AS b\nRUN python -m venv /v\nFROM debian:13\nCOPY --from=b /v /v\n", True),
        ("FROM node:22\nRUN npm ci\n", False),
    ],
)
def test_python_is_seen_in_base_installs_and_copies(text: str, python: bool) -> None:
    assert is_python(recipe(text)) is python
