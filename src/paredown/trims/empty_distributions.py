"""Takes the metadata of distributions of which nothing else is left."""

from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.pydist.installed_files import is_left
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_SITE = "opt/venv/lib/python3.13/site-packages"


@trim(
    id="empty-distributions",
    level=Level.LEAN,
    summary="the metadata of distributions of which every file was taken",
    why="Scanners, `pip list` and importlib.metadata go by the metadata: a distribution that is not there must not be told of. One that never had more than "
    "metadata, as those that only name others, stays.",
    sources=("https://packaging.python.org/en/latest/specifications/recording-installed-packages/", "https://peps.python.org/pep-0561/"),
    contents=(
        (f"{_SITE}/types_pyyaml-6.0.dist-info/METADATA", "Name: types-PyYAML\nVersion: 6.0\n"),
        (f"{_SITE}/types_pyyaml-6.0.dist-info/RECORD", "yaml-stubs/__init__.pyi,,\ntypes_pyyaml-6.0.dist-info/METADATA,,\n"),
        (f"{_SITE}/everything-1.0.dist-info/METADATA", "Name: everything\nVersion: 1.0\n"),
    ),
    before=(f"{_SITE}/everything-1.0.dist-info/METADATA", f"{_SITE}/types_pyyaml-6.0.dist-info/METADATA", f"{_SITE}/types_pyyaml-6.0.dist-info/RECORD"),
    after=(f"{_SITE}/everything-1.0.dist-info/METADATA",),
)  # fmt: skip
def empty_distributions(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    for distribution in facts.distributions:
        if not is_left(distribution, tree):
            for path in sorted(distribution.files):
                if path in tree:
                    yield path, f"tells of {distribution.name}, of which nothing is left"
