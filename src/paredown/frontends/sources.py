"""The service's Python code as syntax trees: only files whose text promises something are parsed, and never run."""

import ast
import re
import sys
from dataclasses import dataclass, field

from paredown.frontends.project_files import MOST_BYTES, ProjectFiles

MOST_PARSED = 300


@dataclass(frozen=True, slots=True)
class Sources:
    """Python files below `folder`. `module` names are dotted, from `folder` or from its src/.

    `installed` when the project is a package, whose modules are found wherever it is started.
    """

    files: ProjectFiles
    folder: str
    source_folder: str
    installed: bool
    _trees: dict[str, ast.Module | None] = field(default_factory=dict)

    @property
    def partial(self) -> bool:
        """Whether the project is larger than what is looked at."""
        return self.files.modules(self.folder).partial

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of all files that are looked at, relative to `folder`, shallow first."""
        skip = 0 if self.folder == "." else len(self.folder) + 1
        return tuple(path[skip:] for path in self.files.modules(self.folder).paths)

    def matching(self, pattern: str) -> tuple[str, ...]:
        """Paths of files whose text matches a regular expression."""
        search = re.compile(pattern).search
        return tuple(path for path in self.paths if len(text := self.text(path)) <= MOST_BYTES and search(text))

    def text(self, path: str) -> str:
        """The file's text."""
        return self.files.text(self.shown(path)) or ""

    def tree(self, path: str) -> ast.Module | None:
        """The file's syntax tree, None when it does not parse or when too many were parsed."""
        if path not in self._trees:
            if len(self._trees) >= MOST_PARSED:
                return None
            try:
                self._trees[path] = ast.parse(self.text(path))
            except (SyntaxError, ValueError, RecursionError):
                self._trees[path] = None
        return self._trees[path]

    def shown(self, path: str) -> str:
        """The path as the user knows it: relative to the project."""
        return path if self.folder == "." else f"{self.folder}/{path}"

    def module_name(self, path: str) -> str:
        """`src/shop/web/__init__.py` -> `shop.web`."""
        inner = path.removeprefix(f"{self.source_folder}/") if self.source_folder != "." else path
        return inner.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def own_folder(self, path: str) -> str | None:
        """The file's folder when its imports only work from there (`from routers import x` beside `app/routers/`); None when not."""
        folder = path.rpartition("/")[0]
        tree = self.tree(path)
        if not folder or tree is None:
            return None
        base = f"{self.folder}/" if self.folder != "." else ""
        top = {name.removesuffix(".py") for name in (*self.files.names(base or "."), *self.files.names(base + self.source_folder))}
        beside = {
            name.removesuffix(".py") for name in self.files.names(base + folder) if name.endswith(".py") or self.files.is_folder(f"{base}{folder}/{name}")
        }
        for name in imported(tree):
            if name in beside and name not in top and name not in sys.stdlib_module_names:
                return folder
        return None


def imported(tree: ast.Module) -> tuple[str, ...]:
    """The top-level names of absolute imports at a module's top level."""
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            found += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append(node.module.partition(".")[0])
    return tuple(dict.fromkeys(found))


def called(node: ast.expr | None) -> str | None:
    """The last name of what a call calls: `fastapi.FastAPI(...)` -> `FastAPI`."""
    if not isinstance(node, ast.Call):
        return None
    return node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else None


def text_of(node: ast.expr | None) -> str | None:
    """The string that a literal is."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword argument."""
    return next((item.value for item in call.keywords if item.arg == name), None)
