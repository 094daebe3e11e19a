"""Tests can fail, mirror the source, and patch nothing."""

import ast
from pathlib import Path

import sources

CALLS_THAT_CHECK = {"raises", "fail", "warns", "refuses"}  # the last is command_line.Finished's
NAMES_OF_PATCHES = {"mock", "unittest.mock", "patch", "MagicMock"}


def checkers(path: Path) -> set[str]:
    """The functions of `path` that assert, expect an error, or call one that does."""
    functions = {node.name: node for node in ast.walk(sources.tree(path)) if isinstance(node, ast.FunctionDef)}
    found = {name for name, function in functions.items() if any(isinstance(node, ast.Assert) for node in ast.walk(function))}
    while True:
        more = {name for name, function in functions.items() if name not in found and calls(function) & (found | CALLS_THAT_CHECK)}
        if not more:
            return found
        found |= more


def calls(function: ast.FunctionDef) -> set[str]:
    """The last word of everything that `function` calls."""
    called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {node.attr if isinstance(node, ast.Attribute) else sources.dotted(node) for node in called}


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
    idle = []
    for path in sources.tests():
        able = checkers(path)
        idle += [
            f"{sources.name(path)}:{node.lineno} {node.name}"
            for node in ast.walk(sources.tree(path))
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name not in able
        ]
    assert not idle


def test_no_test_patches() -> None:
    assert not [sources.name(path) for path in sources.tests() if imported(path) & NAMES_OF_PATCHES]


def test_every_unit_test_mirrors_a_module() -> None:
    strangers = []
    for path in (sources.ROOT / "tests" / "unit").glob("*/test_*.py"):
        room, subject = path.parent.name, path.stem.removeprefix("test_")
        modules = list((sources.SOURCE / room).rglob("*.py"))
        known = {module.stem for module in modules} | {module.parent.name for module in modules} | {room}
        if not any(subject == name or subject.startswith(f"{name}_") for name in known):
            strangers.append(sources.name(path))
    assert not strangers
