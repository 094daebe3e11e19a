import shutil
import tomllib
from pathlib import Path

import pytest

from paredown.composers.interface import Means
from paredown.composers.locks import uv_lock
from paredown.composers.locks.interface import Asked
from paredown.errors import UserError
from paredown.origin import Origin
from paredown.plan import InstallDependencies, LockKind
from paredown.progress import Quiet
from paredown.store import Store

CASE = Path(__file__).parents[3] / "cases" / "locks" / "uv"


@pytest.fixture
def project(tmp_path):
    shutil.copytree(CASE, tmp_path / "project")
    return tmp_path / "project"


def asked_of(project: Path, **more) -> Asked:
    means = Means(store=Store(project / "store"), progress=Quiet(), mirror="", environment={"UV_CACHE_DIR": str(project / "cache")})
    return Asked(
        step=InstallDependencies(kind=LockKind.UV_LOCK, files=("uv.lock",), origin=Origin("uv.lock"), **more), project=project, python="3.13", means=means
    )  # fmt: skip


def names_of(text: str) -> set[str]:
    return {package["name"] for package in tomllib.loads(text)["packages"]}


def test_the_default_selection_has_no_dev_group_and_no_project(project):
    names = names_of(uv_lock.pylock(asked_of(project)))
    assert {"fastapi", "uvicorn", "jinja2"} <= names
    assert names.isdisjoint({"pytest", "service"})


def test_an_asked_group_is_added(project):
    assert "pytest" in names_of(uv_lock.pylock(asked_of(project, groups=("dev",))))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [('"jinja2"', '"jinja2", "httpx>=0.28"', "`httpx>=0.28`"), ('"jinja2"', '"jinja2>=3"', "`jinja2>=3`"), ('"jinja2", ', "", "no longer asks for jinja2")],
)
def test_a_lock_that_its_project_outgrew_is_refused(project, old, new, said):
    file = project / "pyproject.toml"
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(UserError, match=r"uv\.lock is out of date") as caught:
        uv_lock.pylock(asked_of(project))
    assert said in caught.value.what
    assert (caught.value.where or "").startswith("pyproject.toml")
    assert caught.value.fix == "uv lock"


def test_an_unknown_group_is_told_in_uvs_words(project):
    with pytest.raises(UserError, match="nonsense"):
        uv_lock.pylock(asked_of(project, groups=("nonsense",)))


def test_the_files_of_workspace_members_decide_too(project):
    (project / "uv.lock").write_text((project / "uv.lock").read_text() + '\n[[package]]\nname = "member"\nsource = { editable = "packages/member" }\n')
    (project / "packages" / "member").mkdir(parents=True)
    (project / "packages" / "member" / "pyproject.toml").write_text("")
    assert project / "packages/member/pyproject.toml" in uv_lock.inputs(asked_of(project))
