"""Which distributions for developing go, and which stay."""

from pathlib import Path
from typing import Any

from builders import tree_of
from paredown.pydist.constants import Constants
from paredown.pydist.read import read_facts
from paredown.store import Store
from paredown.tree import APP, Owner, OwnerKind, Tree, file_of
from paredown.trims import apply
from paredown.trims.development_distributions import development_distributions
from paredown.trims.interface import Level, Trim

SITE = "opt/venv/lib/python3.13/site-packages"
TRIM: Trim = development_distributions


def distribution(name: str, code: str = "", requires: str = "") -> dict[str, bytes]:
    info = f"{SITE}/{name}-1.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    return {
        f"{SITE}/{name}/__init__.py": code.encode(),
        f"{info}/METADATA": f"Name: {name}\nVersion: 1\n{needs}\n".encode(),
        f"{info}/RECORD": f"{name}/__init__.py,,\n".encode(),
    }


def left(tmp_path: Path, *distributions: dict[str, bytes], app: str = "", **more: Any) -> set[str]:
    """The distributions that stay."""
    files = {path: content for one in distributions for path, content in one.items()}
    owned = tree_of(files, owner=Owner(OwnerKind.DISTRIBUTION, "x"))
    tree = owned.over(Tree({"app/main.py": file_of(app.encode(), owner=APP)})).with_parents()
    given: dict[str, Any] = {"python": "3.13", "words": ("uvicorn", "main:app"), "system_packages": frozenset(), "shell": False, "keep": (), **more}
    facts = read_facts(tree, **given, store=Store(tmp_path))
    trimmed = apply(tree, _with_names(facts), Level.LEAN, Store(tmp_path), (TRIM,))
    return {path.split("/")[5] for path in trimmed.tree if path.endswith("__init__.py")}


def _with_names(facts: Any) -> Any:
    from dataclasses import replace

    return replace(facts, named=Constants())


def test_a_test_runner_goes_with_what_was_installed_for_it_alone(tmp_path: Path) -> None:
    runner, needed, shared = distribution("pytest", "import pluggy, packaging", "pluggy"), distribution("pluggy"), distribution("packaging")
    web = distribution("web", "import packaging")
    assert left(tmp_path, runner, needed, shared, web) == {"packaging", "web"}


def test_a_plug_in_for_a_test_runner_does_not_hold_it(tmp_path: Path) -> None:
    assert left(tmp_path, distribution("pytest"), distribution("web", "import pytest")) == {"web"}


def test_what_the_app_imports_or_a_distribution_requires_stays(tmp_path: Path) -> None:
    assert left(tmp_path, distribution("hypothesis"), app="import hypothesis") == {"hypothesis"}
    assert left(tmp_path, distribution("coverage"), distribution("web", requires="coverage>=7")) == {"coverage", "web"}
    assert left(tmp_path, distribution("ruff"), keep=(f"/{SITE}/ruff",)) == {"ruff"}
