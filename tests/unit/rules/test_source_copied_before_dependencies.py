import pytest
from tests.builders import told

from paredown.rules.dockerfiles.source_copied_before_dependencies import source_copied_before_dependencies
from paredown.rules.examine import examine, mended
from paredown.rules.recipe import TextContext

UV = {"pyproject.toml": '[project]\nname = "a"\n', "uv.lock": "version = 1\n"}


@pytest.mark.parametrize(
    "steps",
    [
        "COPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n",
        "COPY pyproject.toml uv.lock ./\nRUN uv sync --no-install-project\nCOPY . .\nRUN uv sync\n",
        "RUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync --no-install-project\nCOPY . .\nRUN uv sync\n",
        "COPY . .\nRUN pip install .\n",  # what it depends on is in no file of its own
        "COPY --from=build . .\nRUN pip install -r requirements.txt\n",
        "COPY app app\nRUN pip install -r requirements.txt\n",
    ],
)
def test_dependencies_that_come_first_are_silent(steps: str) -> None:
    assert told(source_copied_before_dependencies, f"FROM python\n{steps}") == []


def better(steps: str, files: dict[str, str]) -> str:
    return mended(f"FROM python\n{steps}", "Dockerfile", TextContext(files), (source_copied_before_dependencies,), only_safe=False)[0].removeprefix(
        "FROM python\n"
    )


def test_project_is_installed_again_below_its_dependencies() -> None:
    assert better("COPY --chown=a . /app\nRUN uv sync --frozen\n", UV) == (
        "COPY --chown=a pyproject.toml uv.lock /app/\nRUN uv sync --no-install-project --frozen\nCOPY --chown=a . /app\nRUN uv sync --frozen\n"
    )


@pytest.mark.parametrize(
    ("steps", "files"),
    [
        ("COPY . .\nRUN pip install -r requirements.txt\n", {"requirements.txt": "-r base.txt\n"}),
        ("COPY . .\nRUN pip install -r requirements.txt\n", {"requirements.txt": "-e .\n"}),
        ("COPY . .\nRUN pip install -r requirements.txt\n", {"setup.py": ""}),
        ("COPY . .\nRUN pip install -r requirements.txt && python manage.py collectstatic\n", {"requirements.txt": "a\n"}),
        ("COPY . .\nRUN ./prepare.sh\nRUN pip install -r requirements.txt\n", {"requirements.txt": "a\n"}),
        ("COPY . .\nRUN uv sync\n", {"pyproject.toml": "[tool.uv.workspace]\nmembers = []\n", "uv.lock": ""}),
        ("COPY . .\nRUN uv sync\n", {"pyproject.toml": '[tool.uv.sources]\nb = { path = "../b" }\n', "uv.lock": ""}),
        ("COPY . .\nRUN uv sync\n", {"pyproject.toml": ""}),
    ],
)
def test_install_that_needs_more_is_left_to_the_author(steps: str, files: dict[str, str]) -> None:
    (finding,) = examine(f"FROM python\n{steps}", "Dockerfile", TextContext(files), (source_copied_before_dependencies,))
    assert finding.edits == ()
