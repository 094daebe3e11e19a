"""The project's own files as the house rules look at them."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "paredown"


def modules() -> list[Path]:
    """Every module of paredown."""
    return sorted(SOURCE.rglob("*.py"))


def tests() -> list[Path]:
    """Every test module."""
    return sorted((ROOT / "tests").rglob("test_*.py"))


def name(path: Path) -> str:
    """How a test id or a message calls `path`."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of `path`."""
    return ast.parse(path.read_text("utf-8"), str(path))


def dotted(node: ast.expr) -> str:
    """`os.environ` for that expression; "" for what is not a dotted name."""
    match node:
        case ast.Name(id=word):
            return word
        case ast.Attribute(value=value, attr=word):
            before = dotted(value)
            return f"{before}.{word}" if before else ""
        case _:
            return ""
