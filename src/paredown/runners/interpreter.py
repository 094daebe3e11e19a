"""Which Python an image runs its service with."""

import posixpath
import re
from dataclasses import dataclass
from itertools import pairwise

from paredown.oci.model import ImageConfig
from paredown.plan import PAREDOWN_FOLDER
from paredown.pydist.start_scripts import started
from paredown.tree import Tree

_PROGRAM = re.compile(r"(?:^|/)python(3(?:\.\d+)?)?$")
_VERSIONED = re.compile(r"python(3\.\d+)$")
_LIBRARY = re.compile(r"(?:^|/)lib/python(3\.\d+)/os\.py$")
_PIECE = re.compile(r"[\w./@%+:,~-]+")
_SUPERVISORS = ("supervisord", "circusd", "honcho")  # written in Python, which need not be the service's
_CONDA = ("conda", "mamba", "micromamba")
_PROJECT_TOOLS = ("uv", "poetry", "pdm")  # `uv run` starts what is in the project's own environment
_LAUNCHER = f"{PAREDOWN_FOLDER}/launch.py"  # expands variables in the words behind it, and becomes what they name
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An interpreter in a Tree: its absolute path as a program would be called, and its version ("3.13"). Both "" when there is none."""

    path: str
    version: str


def interpreter_of(config: ImageConfig, tree: Tree) -> Interpreter:
    """The one that the start command runs on: named by its first word or by that script's first line, else the first on the PATH."""
    folders = (dict(config.environment).get("PATH") or _PATH).split(":")
    argv = (*config.entrypoint, *config.command)
    if _LAUNCHER in argv:
        argv = argv[argv.index(_LAUNCHER) + 1 :]
    if argv[1:2] == ("run",) and argv[0].rpartition("/")[2] in _PROJECT_TOOLS:
        folders = [f"{config.working_directory}/.venv/bin", *folders]
    if argv[1:2] == ("run",) and argv[0].rpartition("/")[2] in _CONDA:
        folders, argv = [*_of_environment(argv, tree), *folders], ()
    candidates = [*_named(argv[0], folders, tree)] if argv and posixpath.basename(argv[0]) not in _SUPERVISORS else []
    if argv and not candidates:
        # A shell, a shell script or a supervisor: what it starts tells.
        words = started(argv, tree, search_path=":".join(folders), working_directory=config.working_directory)[1:]
        pieces = (piece for word in words for piece in _PIECE.findall(word))
        candidates += next(([found[0]] for piece in pieces if (found := _named(piece, folders, tree))), [])
    candidates += [f"{folder}/{name}" for folder in folders for name in ("python3", "python")]
    for path in candidates:
        target = tree.resolve(path)
        if target and tree[target].executable and (version := _version(target, tree)):
            return Interpreter(path, version)
    return Interpreter("", "")


def _of_environment(argv: tuple[str, ...], tree: Tree) -> list[str]:
    """The folder with the programs of the environment that `conda run -n NAME` or `-p FOLDER` is asked for."""
    for option, value in pairwise(argv):
        if option in ("-p", "--prefix"):
            return [f"{value}/bin"]
        if option in ("-n", "--name"):
            return [f"/{path.rpartition('/conda-meta/')[0]}/bin" for path in tree if path.endswith(f"/envs/{value}/conda-meta/history")]
    return []


def _named(word: str, folders: list[str], tree: Tree) -> list[str]:
    places = [word] if word.startswith("/") else [f"{folder}/{word}" for folder in folders]
    for place in places:
        target = tree.resolve(place)
        if not target or not tree[target].executable:
            continue
        if _PROGRAM.search(place):
            return [place]
        first = tree[target].read()[:256].split(b"\n")[0]
        if first.startswith(b"#!"):
            return [word for word in first[2:].decode("utf-8", "replace").split() if _PROGRAM.search(word)]
        return []
    return []


def _version(target: str, tree: Tree) -> str:
    if match := _VERSIONED.search(target):
        return match[1]
    libraries = sorted({match[1] for path in tree if (match := _LIBRARY.search(path))})
    return libraries[-1] if libraries else ""
