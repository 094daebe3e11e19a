"""Hadolint finds nothing in what is emitted, from any lock and in any style."""

import subprocess
import sys
from pathlib import Path

import pytest

from builders import NOWHERE, plan_of
from paredown.emitters.dockerfile import dockerfile
from paredown.emitters.interface import Context, Dialect, Style
from paredown.plan import Command, CopyFiles, HealthCheck, InstallDependencies, InstallProject, InstallSystem, LockKind

CONTEXT = Context(uv="0.13.8", hashed=True, version_variable="SETUPTOOLS_SCM_PRETEND_VERSION_FOR_SHOP")
COPY = CopyFiles(source=".", destination="/app", origin=NOWHERE)
PROJECT = InstallProject(name="shop", folder=".", origin=NOWHERE)


def emitted(kind: LockKind, style: Style) -> str:
    system = () if style is Style.DISTROLESS else (InstallSystem(packages=("libpq5",), build_packages=("gcc", "libpq-dev"), origin=NOWHERE),)
    groups = () if kind is LockKind.REQUIREMENTS else ("web",)
    install = InstallDependencies(kind=kind, files=(str(kind),), groups=groups, origin=NOWHERE)
    plan = plan_of(
        steps=(*system, install, PROJECT, COPY),
        ports=(8000,),
        health=HealthCheck(path="/up", origin=NOWHERE),
        writable=("/data",),
        volumes=("/data",),
        environment=(("TITLE", 'a "shop" for $5'),),
        labels=(("maintainer", "a b"),),
        command=Command(words=("shop", "--port", "${PORT:-80}"), origin=NOWHERE),
    )
    return dockerfile(plan, "${PORT:-80}", CONTEXT, style, Dialect(link=True))


@pytest.mark.parametrize("style", list(Style))
def test_hadolint_finds_nothing(style: Style, tmp_path: Path) -> None:
    hadolint = str(Path(sys.executable).with_name("hadolint"))
    files = []
    for kind in LockKind:
        files.append(tmp_path / f"{kind}.Dockerfile")
        files[-1].write_text(emitted(kind, style))
    finished = subprocess.run([hadolint, "--no-color", "--verbose", *map(str, files)], capture_output=True, text=True, timeout=60, check=False)
    assert (finished.returncode, finished.stdout) == (0, ""), finished.stdout
