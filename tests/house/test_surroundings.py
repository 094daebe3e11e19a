"""Only the command line prints, exits and reads the surroundings; nothing starts a shell; one file names the archive."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import sources

# What a folder `programs` holds are programs of their own, which run beside paredown or in an image.
BELOW_THE_COMMAND_LINE = [path for path in sources.modules() if path.name != "__main__.py" and path.parent.name not in ("cli", "programs")]
ARCHIVE = sources.SOURCE / "debian" / "archive.py"

SURROUNDINGS = {
    "print", "input", "exit", "quit", "breakpoint", "sys.exit", "sys.argv", "sys.stdout", "sys.stderr", "sys.stdin",
    "os.environ", "os.environb", "os.getenv", "os._exit", "os.chdir", "os.umask",
}  # fmt: skip
CLOCK_AND_CHANCE = {"time.time", "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "random.random", "uuid.uuid4", "uuid.uuid1"}
HOSTS_OF_ARCHIVES = re.compile(r"(?:deb|security|snapshot|ftp)\.debian\.org|archive\.ubuntu\.com", re.IGNORECASE)


def names_used(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every name in `path`; what `from os import x` brings is called `os.x`."""
    for node in ast.walk(sources.tree(path)):
        match node:
            case ast.Name() | ast.Attribute():
                yield node.lineno, sources.dotted(node)
            case ast.ImportFrom(module=("os" | "sys" | "time") as module):
                for alias in node.names:
                    yield node.lineno, f"{module}.{alias.name}"


def places(paths: list[Path], names: set[str]) -> list[str]:
    """Where `paths` use one of `names`."""
    return [f"{sources.name(path)}:{line} {name}" for path in paths for line, name in names_used(path) if name in names]


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of every string in `path` that is no docstring: those may cite where a fact stands."""
    captions = {
        id(node.body[0].value)  # type: ignore[attr-defined]
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None
    }
    for node in ast.walk(sources.tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in captions:
            yield node.lineno, node.value


def test_only_the_command_line_prints_exits_and_reads_the_environment() -> None:
    assert not places(BELOW_THE_COMMAND_LINE, SURROUNDINGS)


def test_nothing_below_the_command_line_asks_chance_or_the_clock() -> None:
    # The archive's index expires: that one place compares it with today.
    assert not [place for place in places(BELOW_THE_COMMAND_LINE, CLOCK_AND_CHANCE) if "debian_base.py" not in place]


def test_no_module_starts_a_shell() -> None:
    shells = []
    for path in sources.modules():
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.Call) and sources.dotted(node.func).startswith("subprocess."):
                shells += [f"{sources.name(path)}:{node.lineno}" for word in node.keywords if word.arg == "shell"]
    assert not shells + places(sources.modules(), {"os.system", "os.popen"})


def test_only_one_module_names_the_archive() -> None:
    named = [f"{sources.name(path)}:{line}" for path in sources.modules() if path != ARCHIVE for line, text in strings(path) if HOSTS_OF_ARCHIVES.search(text)]
    assert not named
