"""Tests can fail, mirror the source, and patch nothing."""

import ast
from pathlib import Path

import sources

CALLS_THAT_CHECK = {"raises", "fail", "warns"}
NAMES_OF_PATCHES = {"mock", "unittest.mock", "patch", "MagicMock"}


def checks(function: ast.FunctionDef) -> bool:
    """Whether `function` asserts, expects an error, or calls something whose name says that it does."""
    for node in ast.walk(function):
        match node:
            case ast.Assert():
                return True
            case ast.Call(func=called):
                last = sources.dotted(called).rpartition(".")[2]
                if last in CALLS_THAT_CHECK or last.startswith(("assert_", "check_", "expect_")):
                    return True
    return False


def imported(path: Path) -> set[str]:
    """Every module and name that `path` imports."""
    names = set()
    for node in ast.walk(sources.tree(path)):
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name for alias in aliases}
            case ast.ImportFrom(module=module, names=aliases):
                names |= {module or "", *(alias.name for alias in aliases)}
    return names


def test_every_test_can_fail() -> None:
    functions = [(path, node) for path in sources.tests() for node in ast.walk(sources.tree(path)) if isinstance(node, ast.FunctionDef)]
    assert not [f"{sources.name(path)}:{node.lineno} {node.name}" for path, node in functions if node.name.startswith("test_") and not checks(node)]


def test_no_test_patches() -> None:
    assert not [sources.name(path) for path in sources.tests() if imported(path) & NAMES_OF_PATCHES]


def test_every_unit_test_mirrors_a_module() -> None:
    strangers = []
    for path in (sources.ROOT / "tests" / "unit").glob("*/test_*.py"):
        room, subject = path.parent.name, path.stem.removeprefix("test_")
        known = {module.stem for module in (sources.SOURCE / room).rglob("*.py")} | {room}
        if not any(subject == name or subject.startswith(f"{name}_") for name in known):
            strangers.append(sources.name(path))
    assert not strangers
