"""The texts of a build context that may use a distribution: sources, notebooks, scripts and settings."""

import re
from collections.abc import Iterator

from paredown.rules.recipe import Context

_TEXTS = re.compile(r".+\.(?:pyx?|pxd|ipynb|cfg|ini|ya?ml|json|sh|env|html|j2)|Procfile|Makefile")
_ASIDE = re.compile(r"\..*|node_modules|__pycache__|s?venv|env|site-packages|dist|build")  # folders
_LOCKS = re.compile(r"package(?:-lock)?\.json|.*lock.*")
_MOST = 3000  # entries of a context that are looked at


def mentioned(context: Context, names: frozenset[str]) -> frozenset[str] | None:
    """Those of `names` that stand as words anywhere in the texts of `context`.

    None where nobody can say: no Python file is there, or too many files are.
    """
    missing = set(names)
    python = False
    for path in _paths(context, ""):
        if path is None:
            return None
        python = python or path.endswith(".py")
        if missing:
            pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(missing)))})(?!\w)")
            missing -= set(pattern.findall(context.text(path) or ""))
    return frozenset(names - missing) if python else None


def _paths(context: Context, folder: str, seen: list[str] | None = None) -> Iterator[str | None]:
    """The texts below a folder; None once there are too many entries."""
    seen = [] if seen is None else seen
    for name in context.names(folder):
        seen.append(name)
        if len(seen) > _MOST:
            yield None
            return
        path = f"{folder}{name}"
        if name.endswith("/"):
            if not _ASIDE.fullmatch(name[:-1]):
                yield from _paths(context, path, seen)
        elif _TEXTS.fullmatch(name) and not _LOCKS.fullmatch(name):
            yield path
