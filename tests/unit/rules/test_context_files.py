from tests.builders import told

from paredown.rules.dockerfiles.copied_file_missing import copied_file_missing
from paredown.rules.dockerfiles.ignore_file_hides_needed import ignore_file_hides_needed
from paredown.rules.dockerfiles.ignore_file_lets_in import ignore_file_lets_in
from paredown.rules.dockerfiles.ignore_file_missing import ignore_file_missing
from paredown.rules.dockerfiles.secret_in_context import secret_in_context

ALL = "FROM python\nCOPY . /app\n"
STAGED = "FROM python AS build\nCOPY . /app\nFROM python\nCOPY --from=build {} /x\n"


def test_secret_goes_where_its_folder_is_copied_to() -> None:
    files = {".env": "", "app.py": ""}
    assert told(secret_in_context, ALL, files) == ["2: .env goes into the image"]
    assert told(secret_in_context, STAGED.format("/app"), files) == ["2: .env goes into the image"]
    assert told(secret_in_context, STAGED.format("/app/.venv"), files) == []


def test_samples_and_ignored_secrets_are_none() -> None:
    assert told(secret_in_context, ALL, {".env.example": "", "settings.py": "", "id_rsa": "", ".dockerignore": "id_*\n"}) == []


def test_history_is_let_into_the_image_only_where_its_folder_is_copied() -> None:
    files = {".git/HEAD": "", ".dockerignore": ".venv\n"}
    assert told(ignore_file_lets_in, ALL, files) == ["2: .dockerignore lets .git/ in"]
    assert told(ignore_file_lets_in, STAGED.format("/app/.venv"), files) == []


def test_local_environment_does_harm_in_any_stage() -> None:
    assert told(ignore_file_lets_in, STAGED.format("/app/dist"), {".venv/pyvenv.cfg": "", ".dockerignore": ".git\n"}) == ["2: .dockerignore lets .venv/ in"]


def test_context_without_anything_unwanted_is_told_without_names() -> None:
    assert told(ignore_file_missing, ALL, {"app.py": ""}) == ["2: there is no .dockerignore"]
    assert told(ignore_file_missing, "FROM python\nCOPY app /app\n", {"app/a.py": "", ".git/HEAD": ""}) == []
    assert told(ignore_file_missing, ALL) == []


def test_missing_file_is_told_only_where_most_are_there() -> None:
    assert told(copied_file_missing, "FROM python\nCOPY pyproject.toml backend/a.py backend/b.py /app/\n", {"pyproject.toml": "", "a.py": "", "b.py": ""}) == []
    assert told(copied_file_missing, "FROM python\nCOPY a.py b.py d*.py /app/\nCOPY c.py $X /app/\n", {"a.py": "", "b.py": ""}) == [
        "3: c.py is not in the build context"
    ]


def test_file_that_git_ignores_is_made_before_the_build() -> None:
    assert told(copied_file_missing, "FROM python\nCOPY a.py b.py dist /app/\n", {"a.py": "", "b.py": "", ".gitignore": "dist/\n"}) == []


def test_bound_file_that_is_ignored_is_found() -> None:
    files = {".dockerignore": "*.lock\n", "uv.lock": ""}
    text = "FROM python\nRUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync\n"
    assert told(ignore_file_hides_needed, text, files) == ["2: .dockerignore leaves uv.lock out of what is built from"]


def test_folder_of_which_a_part_is_brought_back_is_silent() -> None:
    assert told(ignore_file_hides_needed, "FROM python\nCOPY app /app\n", {".dockerignore": "app\n!app/a.py\n", "app/a.py": "", "app/b.py": ""}) == []


def test_readme_that_the_project_cannot_be_built_without_is_found() -> None:
    project = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "a"\nreadme = "README.md"\n'
    files = {".dockerignore": "*.md\n", "README.md": "", "pyproject.toml": project}
    found = ["2: .dockerignore leaves README.md out, without which pyproject.toml cannot be built"]
    assert told(ignore_file_hides_needed, f"{ALL}RUN pip install .\n", files) == found
    assert told(ignore_file_hides_needed, f"{ALL}RUN uv sync --no-install-project\n", files) == []
    assert told(ignore_file_hides_needed, f"{ALL}RUN pip install .\n", {**files, ".dockerignore": "*.md\n!README.md\n"}) == []
