from pathlib import Path

import pytest

from paredown.checks.build_contexts import BuildContext, by_compose_files, by_copied_files
from paredown.checks.subjects import Kind, Subject


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "docker").mkdir()
    (tmp_path / "requirements.txt").touch()
    return tmp_path


def test_own_folder_is_the_context_when_all_that_is_copied_is_there(project: Path) -> None:
    text = "FROM x\nCOPY requirements.txt .\nCOPY --from=build /a /b\nCOPY ${NAME} *.py ./\n"
    assert by_copied_files(project / "Dockerfile", text, project) == BuildContext(project, "Dockerfile")
    assert by_copied_files(project / "docker" / "Dockerfile", "FROM x\n", project) == BuildContext(project / "docker", "Dockerfile")


def test_folder_above_is_the_context_when_what_is_copied_is_there(project: Path) -> None:
    text = "FROM x\nCOPY requirements.txt docker ./\n"
    assert by_copied_files(project / "docker" / "Dockerfile", text, project) == BuildContext(project, "docker/Dockerfile")


def test_context_is_not_known_when_what_is_copied_is_nowhere(project: Path) -> None:
    assert by_copied_files(project / "docker" / "Dockerfile", "FROM x\nCOPY other.txt .\n", project).folder is None


def test_context_is_not_looked_for_outside_of_the_repository(project: Path) -> None:
    text = "FROM x\nCOPY requirements.txt .\n"
    assert by_copied_files(project / "docker" / "Dockerfile", text, project / "docker").folder is None


def test_compose_file_says_the_context(project: Path) -> None:
    compose = project / "docker" / "compose.yaml"
    compose.write_text(
        "services:\n  a:\n    build: {context: .., dockerfile: docker/a.Dockerfile}\n  b:\n    build: ../api\n  c:\n    build: https://x/y.git\n"
    )
    subject = Subject(name="compose.yaml", kind=Kind.COMPOSE, path=compose, root=project)
    assert by_compose_files([subject]) == {project / "docker" / "a.Dockerfile": project, project / "api" / "Dockerfile": project / "api"}
