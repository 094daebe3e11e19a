"""Takes test runners, linters and formatters, and what was installed for them alone."""

import re
from collections.abc import Iterator

from paredown.pydist.distributions import DEVELOPMENT, normalised
from paredown.pydist.facts import COMMAND, Distribution, Facts
from paredown.pydist.naming import Naming
from paredown.tree import OwnerKind, Tree
from paredown.trims.interface import Level, kept_by, trim

_REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*")
_TESTS = re.compile(r"(?:^|/)(?:tests?|testing)/|(?:^|/)(?:conftest|test_\w+|\w+_test|noxfile)\.py$|pytest_plugin\.py$")


@trim(
    id="development-distributions",
    level=Level.LEAN,
    summary="pytest, mypy, ruff and their like, with what was installed for them alone",
    why="Images whose builder installs the development group ship what tests and checks the code. One stays when a distribution that stays requires it, or "
    "the app imports it outside of its tests, and all stay where `uv run` would install them again at each start; what nobody required but those that "
    "go, goes with them where no other code names it.",
    sources=("https://docs.astral.sh/uv/concepts/projects/dependencies/#development-dependencies", "https://12factor.net/build-release-run"),
    before=(
        "opt/venv/lib/python3.13/site-packages/pytest/__init__.py",
        "opt/venv/lib/python3.13/site-packages/pytest-9.0.0.dist-info/METADATA",
        "opt/venv/lib/python3.13/site-packages/pytest-9.0.0.dist-info/RECORD",
        "opt/venv/lib/python3.13/site-packages/pluggy/__init__.py",
        "opt/venv/lib/python3.13/site-packages/pluggy-1.6.0.dist-info/METADATA",
        "opt/venv/lib/python3.13/site-packages/pluggy-1.6.0.dist-info/RECORD",
        "opt/venv/lib/python3.13/site-packages/flask/__init__.py",
    ),
    after=("opt/venv/lib/python3.13/site-packages/flask/__init__.py",),
    contents=(
        ("opt/venv/lib/python3.13/site-packages/pytest-9.0.0.dist-info/METADATA", "Name: pytest\nVersion: 9.0.0\nRequires-Dist: pluggy>=1.5\n"),
        ("opt/venv/lib/python3.13/site-packages/pytest-9.0.0.dist-info/RECORD", "pytest/__init__.py,,\n"),
        ("opt/venv/lib/python3.13/site-packages/pluggy-1.6.0.dist-info/METADATA", "Name: pluggy\nVersion: 1.6.0\n"),
        ("opt/venv/lib/python3.13/site-packages/pluggy-1.6.0.dist-info/RECORD", "pluggy/__init__.py,,\n"),
        ("opt/venv/lib/python3.13/site-packages/pytest/__init__.py", "import pluggy\n"),
    ),
)
def development_distributions(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.named is None or facts.syncs:
        return
    installed = {each.name: each for each in facts.distributions if f"{each.metadata}/METADATA" in tree}
    for name, reason in sorted(_going(installed, facts, tree).items()):
        for path in sorted(_files(installed[name], tree)):
            yield path, reason


def _going(installed: dict[str, Distribution], facts: Facts, tree: Tree) -> dict[str, str]:
    """Name of each that goes -> why."""
    required_by: dict[str, set[str]] = {name: set() for name in installed}
    for each in installed.values():
        for name in _required(each):
            required_by.setdefault(name, set()).add(each.name)
    naming, kept = Naming(facts, tree), kept_by(facts)
    going: dict[str, str] = {}
    candidates = {name: "a tool for developing, which the service does not import" for name in installed if name in DEVELOPMENT}
    while candidates:
        fresh = {}
        for name, reason in candidates.items():
            files = installed[name].files
            stays = name in facts.command or required_by[name] - going.keys() - {name} or any(map(kept, files))
            inside = tuple(path for one in (*going, name) for path in installed[one].files)
            # Other distributions have a plug-in or a hook for test runners, which they do without.
            counts = _is_app if name in DEVELOPMENT else _anyone
            if not stays and not any(counts(path, tree) for module in _modules(installed[name]) for path in naming.everyone_outside(module, *inside)):
                fresh[name] = reason
        going |= fresh
        candidates = {
            name: f"installed for {', '.join(sorted(needers))} alone"
            for name, needers in required_by.items()
            if name in installed and name not in going and needers and needers <= going.keys() and name not in candidates
        }
    return going


def _is_app(path: str, tree: Tree) -> bool:
    return path == COMMAND or (tree[path].owner.kind is OwnerKind.APP and not _TESTS.search(path))


def _anyone(path: str, tree: Tree) -> bool:
    return not _TESTS.search(path)


def _required(distribution: Distribution) -> Iterator[str]:
    for line in distribution.requires:
        if "extra ==" not in line and (found := _REQUIREMENT.match(line)):
            yield normalised(found[0])


def _modules(distribution: Distribution) -> frozenset[str]:
    site = distribution.metadata.rpartition("/")[0]
    tops = {path.removeprefix(f"{site}/").partition("/")[0] for path in distribution.files if path.startswith(f"{site}/") and path.endswith((".py", ".so"))}
    return frozenset(top.partition(".")[0] for top in tops)


def _files(distribution: Distribution, tree: Tree) -> set[str]:
    """Its files, and the bytecode that was compiled of them."""
    files = {path for path in distribution.files if path in tree}
    folders = tuple(f"{distribution.metadata.rpartition('/')[0]}/{module}/" for module in _modules(distribution))
    return files | {path for path in tree if path.startswith(folders)}
