"""The project itself, when it is a package: built to a wheel from the files it would ship, and installed, never editable."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from paredown.composers.build_root import BuildRoot
from paredown.composers.interface import Means
from paredown.composers.project_files import digest_of_files
from paredown.plan import Architecture, InstallProject
from paredown.tree import OwnerKind, Tree, from_records, keyed, to_records

_FORMAT = 1  # of what the store remembers
_FROM_TAGS = ("setuptools_scm", "setuptools-scm", "hatch-vcs", "pbr", "versioningit", "pdm-backend", "dunamai", "versioneer")


def compose(
    step: InstallProject, project: Path, *, python: str, interpreter: str, architecture: Architecture, build: Callable[[], BuildRoot], means: Means
) -> Tree:  # fmt: skip
    """/opt/venv with the project in it, its files owned by the app; as an earlier build left it when none of its files changed."""
    folder = project / step.folder
    version = _version_of(folder, means)
    key = keyed([["project", _FORMAT, str(means.store.root), python, interpreter, architecture, step.name, version, means.epoch], digest_of_files(folder)])
    kept = means.store.recall("project", key)
    if kept is not None and all(Path(name).is_dir() for name in kept["folders"]):
        return from_records(kept["tree"])
    from paredown.composers import sources, venv, wheels  # noqa: PLC0415

    asked = wheels.Chosen(name=step.name, version=version, form=wheels.Form.FOLDER, path=str(folder.resolve()))
    wheel = sources.built(asked, python=python, architecture=architecture, build=build, means=means, where=step.origin)
    installed, folders = venv.install([wheel], python=python, architecture=architecture, environment={}, means=means, where=step.origin)
    mine = Tree({path: replace(entry, owner=replace(entry.owner, kind=OwnerKind.APP)) for path, entry in installed.items()})
    tree = venv.skeleton(python, interpreter).over(Tree({path: entry for path, entry in mine.items() if path not in venv.skeleton(python, interpreter)}))
    means.store.remember("project", key, {"folders": [str(name) for name in folders], "tree": to_records(tree)})
    return tree


def _version_of(folder: Path, means: Means) -> str:
    """The version for build backends that ask git for one: neither git nor its folder is in the sandbox. Empty when none does."""
    said = means.environment.get("SETUPTOOLS_SCM_PRETEND_VERSION")
    if said:
        return said
    texts = [(folder / name).read_text("utf-8", "replace") for name in ("pyproject.toml", "setup.py", "setup.cfg") if (folder / name).is_file()]
    if not any(name in text for text in texts for name in _FROM_TAGS):
        return ""
    environment = {**means.environment, "GIT_OPTIONAL_LOCKS": "0"}
    words = ["git", "describe", "--tags", "--long", "--match", "*[0-9]*"]
    try:
        told = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        told = ""
    found = re.fullmatch(r"\D*(\d+(?:\.\d+)*)[^-]*-(\d+)-g([0-9a-f]+)", told)
    if found is None:
        return "0"
    version, distance, commit = found.groups()
    return version if distance == "0" else f"{version}.post{distance}+g{commit}"
