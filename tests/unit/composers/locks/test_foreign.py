"""The locks of Poetry, PDM and Pipenv as those tools wrote them, and ways in which they go stale."""

import shutil
from pathlib import Path

import pytest

from paredown.composers.interface import Means
from paredown.composers.locks import reader_of
from paredown.composers.locks.interface import Asked
from paredown.composers.locks.poetry_lock import python_allows
from paredown.errors import UserError
from paredown.origin import Origin
from paredown.plan import Architecture, InstallDependencies, LockKind
from paredown.progress import Quiet
from paredown.store import Store

CASES = Path(__file__).parents[3] / "cases" / "locks"
FOREIGN = [(LockKind.POETRY_LOCK, "poetry1"), (LockKind.POETRY_LOCK, "poetry2"), (LockKind.PDM_LOCK, "pdm"), (LockKind.PIPFILE_LOCK, "pipenv")]
FLASK = {"flask", "blinker", "click", "itsdangerous", "jinja2", "markupsafe", "werkzeug"}


def asked_of(kind: LockKind, project: Path, **more) -> Asked:
    means = Means(store=Store(project / "store"), progress=Quiet(), mirror="", environment={})
    step = InstallDependencies(kind=kind, files=(kind.value,), origin=Origin(kind.value), **more)
    return Asked(step=step, project=project, python="3.13", means=means)


def selected(asked: Asked):
    return reader_of(asked.step.kind).selected(asked)[0]


@pytest.mark.parametrize(("kind", "case"), FOREIGN)
def test_the_main_dependencies_are_selected_with_versions_and_hashes(kind, case):
    pinned = {one.name: one for one in selected(asked_of(kind, CASES / case))}
    assert set(pinned) == FLASK | {"uvloop"}
    assert all(len(digest) == 64 for one in pinned.values() for digest in one.digests)
    assert all(one.digests and one.version for one in pinned.values())


@pytest.mark.parametrize(("kind", "case"), FOREIGN)
def test_markers_decide_for_each_architecture(kind, case):
    pinned = {one.name: one for one in selected(asked_of(kind, CASES / case))}
    assert pinned["uvloop"].machines == {Architecture.AMD64}
    assert pinned["flask"].machines == set(Architecture)


@pytest.mark.parametrize(("kind", "case"), FOREIGN)
def test_an_asked_group_is_added(kind, case):
    names = {one.name for one in selected(asked_of(kind, CASES / case, groups=("dev",)))}
    assert {"pytest", "pluggy", "iniconfig"} <= names
    assert "colorama" not in names


@pytest.mark.parametrize("case", ["poetry1", "poetry2"])
def test_an_asked_extra_is_added(case):
    names = {one.name for one in selected(asked_of(LockKind.POETRY_LOCK, CASES / case, extras=("templates",)))}
    assert names == FLASK | {"uvloop", "mako"}


@pytest.mark.parametrize(("kind", "case"), FOREIGN)
def test_an_unknown_group_is_an_error(kind, case):
    with pytest.raises(UserError, match="nonsense"):
        selected(asked_of(kind, CASES / case, groups=("nonsense",)))


@pytest.mark.parametrize(("kind", "case", "remedy"), [(LockKind.POETRY_LOCK, "poetry2", "poetry lock"), (LockKind.PDM_LOCK, "pdm", "pdm lock")])
@pytest.mark.parametrize(("change", "said"), [("flask 9", "pyproject.toml asks for"), ("httpx", "lacks httpx")])
def test_a_lock_that_its_project_outgrew_is_refused(kind, case, remedy, change, said, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(CASES / case, project)
    text = (project / "pyproject.toml").read_text()
    new = '"flask>=9"' if change == "flask 9" else '"httpx"'
    (project / "pyproject.toml").write_text(text.replace("dependencies = [", f"dependencies = [{new}, ", 1))
    with pytest.raises(UserError, match="out of date") as caught:
        selected(asked_of(kind, project))
    assert said in caught.value.what
    assert caught.value.fix == remedy


def test_a_dependency_that_poetrys_own_table_adds_is_missed(tmp_path):
    project = tmp_path / "project"
    shutil.copytree(CASES / "poetry1", project)
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace('flask = "^3.0"', 'flask = "^3.0"\nhttpx = "*"'))
    with pytest.raises(UserError, match="out of date: it lacks httpx"):
        selected(asked_of(LockKind.POETRY_LOCK, project))


@pytest.mark.parametrize(
    ("constraint", "yes", "no"),
    [("^3.8", "3.13", "2.7"), ("~3.11", "3.11", "3.12"), (">=3.9,<3.12", "3.11", "3.13"), ("3.11.*", "3.11", "3.12"), ("<3.9 || >=3.12", "3.13", "3.10"),
     ("*", "3.13", ""), ("~3", "3.13", "2.7"), (">=3.9 <3.12", "3.10", "3.12"), ("^0.3", "0.3", "0.4")],
)  # fmt: skip
def test_poetrys_version_constraints(constraint, yes, no):
    assert python_allows(constraint, yes)
    assert not no or not python_allows(constraint, no)
