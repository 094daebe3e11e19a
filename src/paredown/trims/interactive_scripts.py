"""Takes scripts for a person at a prompt: activate, pydoc, idle, 2to3."""

import re
from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_ACTIVATE = re.compile(r"(?:opt/venv|.*/\.?venv)/bin/(?:[Aa]ctivate(?:\..+|_this\.py)?|deactivate\.bat|pydoc\.bat)")
_TOOL = re.compile(r"(?:usr/local/|usr/|opt/venv/)?bin/(?P<name>idle|pydoc|2to3|pygettext)(?:[\d.-]+)?")


@trim(
    id="interactive-scripts",
    level=Level.LEAN,
    once=True,
    summary="activate scripts of virtual environments; pydoc, idle, 2to3",
    why="An environment is used by starting its interpreter; activating it only changes a person's shell.",
    sources=("https://docs.python.org/3/library/venv.html#how-venvs-work",),
    before=("opt/venv/bin/activate", "opt/venv/bin/activate.fish", "opt/venv/bin/uvicorn", "usr/bin/pydoc3.13"),
    after=("opt/venv/bin/uvicorn",),
)
def interactive_scripts(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    command = " ".join(facts.command)
    for path in tree:
        if "bin/" not in path:
            continue
        if _ACTIVATE.fullmatch(path) and not facts.shell and "activate" not in command:
            yield path, "sets up a person's shell for the virtual environment"
        elif (found := _TOOL.fullmatch(path)) and not facts.shell and found["name"] not in command:
            yield path, f"{found['name']}, for a person at a prompt"
