"""Takes the caches that installers and development tools leave behind."""

import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_HOME = re.compile(r"(?:root|home/[^/]+)/(?:\.cache/(?P<tool>pip|uv|pypoetry|pdm|pipenv|pre-commit|virtualenv)|\.(?P<other>npm|cargo/registry))/")
_ANYWHERE = re.compile(r"(?:^|/)(?P<tool>\.mypy_cache|\.pytest_cache|\.ruff_cache|\.tox|\.nox|\.hypothesis|\.ipynb_checkpoints)/")


@trim(
    id="tool-caches",
    level=Level.SAFE,
    summary="caches of pip, uv, Poetry, mypy, pytest and their like",
    why="An installer's download cache and a checker's memory are no part of what was installed.",
    sources=("https://docs.astral.sh/uv/guides/integration/docker/#caching", "astral-sh/uv#16180", "goodwithtech/dockle CHECKPOINT.md DKL-LI-0003"),
    before=("root/.cache/pip/http/a", "root/.cache/uv/wheels/b", "root/.cache/huggingface/c", "opt/venv/lib/.mypy_cache/d"),
    after=("root/.cache/huggingface/c",),
)
def tool_caches(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    for path in tree:
        if found := _HOME.match(path):
            yield path, f"a cache of {found['tool'] or found['other']}"
        elif found := _ANYWHERE.search(path):
            yield path, f"left by a development tool in {found['tool']}"
