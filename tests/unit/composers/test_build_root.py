"""Source distributions built for real: the archive, the package index and the sandbox are all needed."""

import os
from pathlib import Path

import pytest

from paredown import sandbox
from paredown.composers import build_root, dependencies, project
from paredown.composers.interface import Means
from paredown.debian.archive import DEFAULT_MIRROR
from paredown.errors import UserError
from paredown.lock import Lock
from paredown.origin import Origin
from paredown.plan import Architecture, DebianBase, InstallDependencies, InstallProject, LockKind
from paredown.progress import Quiet
from paredown.store import Store
from paredown.tree import OwnerKind, Tree

pytestmark = [pytest.mark.network, pytest.mark.skipif(sandbox.unavailable() is not None, reason="no sandbox can run here")]
BASE = DebianBase(suite="trixie", python="3.13", origin=Origin("pyproject.toml"))
WHERE = Origin("requirements.txt")


@pytest.fixture(scope="module")
def means(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("store"))
    return Means(store=store, progress=Quiet(), mirror=DEFAULT_MIRROR, environment=dict(os.environ), epoch=315532800)


def composed(tmp_path: Path, text: str, means: Means, *, build_packages: tuple[str, ...] = (), architecture: Architecture | None = None) -> Tree:
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    (folder / "requirements.txt").write_text(text)
    step = InstallDependencies(kind=LockKind.REQUIREMENTS, files=("requirements.txt",), origin=WHERE)

    def build() -> build_root.BuildRoot:
        return build_root.compose(BASE, build_packages, (), lock=Lock(), means=means, where=WHERE)[0]

    resolved = dependencies.resolve(step, folder, "3.13", lock=Lock(), means=means, build=build)
    architecture = architecture or build_root.host_architecture()
    return dependencies.compose(
        resolved, step, python="3.13", interpreter="/usr/bin/python3.13", architecture=architecture, build=build, means=means
    )  # fmt: skip


def test_a_pure_source_distribution_is_built_once_for_every_architecture(tmp_path, means):
    trees = [composed(tmp_path, "docopt==0.6.2\n", means, architecture=architecture) for architecture in Architecture]
    assert trees[0].key() == trees[1].key()
    assert "opt/venv/lib/python3.13/site-packages/docopt.py" in trees[0]


def test_a_source_distribution_that_needs_a_library_says_what_to_declare(tmp_path, means):
    with pytest.raises(UserError, match=r"psycopg2 2\.9\.10") as caught:
        composed(tmp_path, "psycopg2==2.9.10\n", means)
    assert 'build-packages = ["gcc", "libc6-dev", "libpq-dev"]\npackages = ["libpq5"]' in (caught.value.fix or "")
    assert caught.value.where == "requirements.txt:1"


def test_a_declared_library_builds_it_the_same_twice(tmp_path, means):
    packages = ("gcc", "libc6-dev", "libpq-dev")
    first = composed(tmp_path, "psycopg2==2.9.10\n", means, build_packages=packages)
    again = Means(store=Store(tmp_path / "store"), progress=Quiet(), mirror=means.mirror, environment=means.environment, epoch=means.epoch)
    assert composed(tmp_path, "psycopg2==2.9.10\n", again, build_packages=packages).key() == first.key()


def test_the_project_is_built_from_the_files_it_ships(tmp_path, means):
    (tmp_path / "src" / "service").mkdir(parents=True)
    (tmp_path / "src" / "service" / "__init__.py").write_text("")
    (tmp_path / "src" / "service" / "left_out.py").write_text("")
    (tmp_path / ".gitignore").write_text("left_out.py\n")
    build_system = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "service"\nversion = "1.0"\n[project.scripts]\nserve = "service:main"\n{build_system}')
    step = InstallProject(name="service", folder=".", origin=Origin("pyproject.toml"))

    def build() -> build_root.BuildRoot:
        return build_root.compose(BASE, (), (), lock=Lock(), means=means, where=WHERE)[0]

    tree = project.compose(
        step, tmp_path, python="3.13", interpreter="/usr/bin/python3.13", architecture=Architecture.ARM64, build=build, means=means
    )  # fmt: skip
    site = "opt/venv/lib/python3.13/site-packages"
    assert f"{site}/service/__init__.py" in tree
    assert f"{site}/service/left_out.py" not in tree
    assert tree["opt/venv/bin/serve"].owner.kind is OwnerKind.APP
    assert not any("direct_url" in path or path.endswith(".pth") for path in tree)
