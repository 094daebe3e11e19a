"""Takes the caches that installers and development tools leave behind."""

import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Kind, Tree
from paredown.trims.interface import Level, trim

_HOME = re.compile(r"(?:root|home/[^/]+)/(?:\.cache/(?P<tool>pip|uv|pypoetry|pdm|pipenv|pre-commit|virtualenv)|\.(?P<other>npm|cargo/registry))/")
_CONDA = re.compile(r"(?P<prefix>.+?)/pkgs/")
_ANYWHERE = re.compile(r"(?:^|/)(?P<tool>\.mypy_cache|\.pytest_cache|\.ruff_cache|\.tox|\.nox|\.hypothesis|\.ipynb_checkpoints)/")


@trim(
    id="tool-caches",
    level=Level.SAFE,
    once=True,
    summary="caches of pip, uv, Poetry, conda, mypy, pytest and their like",
    why="An installer's download cache and a checker's memory are no part of what was installed.",
    sources=("https://docs.astral.sh/uv/guides/integration/docker/#caching", "astral-sh/uv#16180", "goodwithtech/dockle CHECKPOINT.md DKL-LI-0003",
             "https://docs.conda.io/projects/conda/en/stable/commands/clean.html"),
    before=("root/.cache/pip/http/a", "root/.cache/uv/wheels/b", "root/.cache/huggingface/c", "opt/venv/lib/.mypy_cache/d",
            "opt/conda/pkgs/zlib-1.3/lib/libz.so", "opt/conda/conda-meta/history"),
    after=("opt/conda/conda-meta/history", "root/.cache/huggingface/c"),
)  # fmt: skip
def tool_caches(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    # conda can be told to link to its cache instead of copying from it.
    linked = any(entry.kind is Kind.LINK and "/pkgs/" in entry.target for entry in tree.values())
    for path in tree:
        if found := _HOME.match(path):
            yield path, f"a cache of {found['tool'] or found['other']}"
        elif found := _ANYWHERE.search(path):
            yield path, f"left by a development tool in {found['tool']}"
        elif not linked and (found := _CONDA.match(path)) and f"{found['prefix']}/conda-meta/history" in tree:
            yield path, "a cache of conda"
