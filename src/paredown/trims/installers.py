"""Takes pip, setuptools, wheel and uv when nothing imports or requires them."""

import re
from collections import defaultdict
from collections.abc import Iterator

from paredown.pydist.distributions import normalised
from paredown.pydist.facts import Facts
from paredown.pydist.naming import Naming
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_MODULES = {"pip": ("pip",), "setuptools": ("setuptools", "pkg_resources", "_distutils_hack"), "wheel": ("wheel",), "uv": ("uv",)}
_REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*")


@trim(
    id="installers",
    level=Level.LEAN,
    summary="pip, setuptools, wheel and uv, when nothing imports or requires them",
    why="An image is not installed into once it is built. They stay where kept code names one of their modules (pkg_resources!) "
    "or a distribution requires them.",
    sources=("docker-library/python#957", "docling-project/docling-serve#56", "GoogleContainerTools/distroless#171"),
    before=("opt/venv/lib/python3.13/site-packages/pip/__init__.py", "opt/venv/lib/python3.13/site-packages/pip-25.0.dist-info/METADATA",
            "opt/venv/lib/python3.13/site-packages/flask/__init__.py"),
    after=("opt/venv/lib/python3.13/site-packages/flask/__init__.py",),
)  # fmt: skip
def installers(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    # There may be several: pip of the environment, and pip of the Python below it.
    installed: dict[str, set[str]] = defaultdict(set)
    for distribution in facts.distributions:
        if distribution.name in _MODULES and any(path in tree for path in distribution.files):
            installed[distribution.name].update(distribution.files)
    if not installed:
        return
    naming = Naming(facts, tree)
    own = tuple(f"{site}/{module}/" for site in facts.site for modules in _MODULES.values() for module in modules)
    libraries = {path.removesuffix("/os.py") for path in tree if path.endswith("/os.py") and "/python3." in path}
    own += tuple(f"{library}/{folder}/" for library in sorted(libraries | {facts.standard_library}) for folder in ("ensurepip", "venv", "test"))
    needed = {
        name
        for d in facts.distributions
        if d.name not in _MODULES and f"{d.metadata}/METADATA" in tree
        for line in d.requires
        if "extra ==" not in line and (found := _REQUIREMENT.match(line)) and (name := normalised(found[0])) in _MODULES
    }
    for name, files in sorted(installed.items()):
        if name in needed or name in facts.command or any(naming.outside(module, *own, *files) for module in _MODULES[name]):
            continue
        prefixes = tuple(f"{site}/{module}/" for site in facts.site for module in _MODULES[name])
        for path in tree:
            if path in files or path.startswith(prefixes):
                yield path, f"part of the installer {name}, which nothing imports or requires"
