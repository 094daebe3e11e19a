"""ASGI and WSGI applications in the code, and the command that serves one."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.frontends.interface import Locked, Start
from paredown.frontends.sources import Sources, called
from paredown.origin import Origin
from paredown.plan import APP_FOLDER

ASGI = {"FastAPI": "FastAPI", "Starlette": "Starlette", "Litestar": "Litestar", "Quart": "Quart", "QuartTrio": "Quart", "BlackSheep": "BlackSheep"}
WSGI = {"Flask": "Flask", "APIFlask": "Flask", "OpenAPI": "Flask", "Bottle": "Bottle", "FlaskApp": "Flask"}
_FRAMEWORKS = ASGI | WSGI
# Texts without these need no parsing.
_PROMISE = rf"\b(?:{'|'.join(_FRAMEWORKS)})\(|= \w*(?:create|make|get|build|init)_app(?:lication)?\(|= app_factory\("
_MAIN_FILES = frozenset(("main", "app", "asgi", "wsgi", "server", "api", "application", "__init__", "web", "run"))
_MAIN_NAMES = ("app", "application", "api", "server")


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application object, or (with `factory`) a function without required arguments that makes one. `idle` when its module gives it no route."""

    framework: str
    asgi: bool
    path: str
    name: str
    factory: bool
    line: int
    idle: bool = False

    @property
    def rank(self) -> tuple[int, int, int, bool, int]:
        """Smaller is likelier: an object before a factory, shallow before deep, conventional names before others, one with routes before one without."""
        parts = self.path.removeprefix("src/").removesuffix("/__init__.py").split("/")
        stem = self.path.rpartition("/")[2].removesuffix(".py")
        stray = int(stem not in _MAIN_FILES)
        return int(self.factory), len(parts), stray, self.idle, _MAIN_NAMES.index(self.name) if self.name in _MAIN_NAMES else len(_MAIN_NAMES)

    @property
    def conventional(self) -> bool:
        return self.path.rpartition("/")[2].removesuffix(".py") in _MAIN_FILES


def find(sources: Sources) -> tuple[Application, ...]:
    """All of them, the likeliest first."""
    paths = sources.matching(_PROMISE)
    factories: dict[str, str] = {}
    found: list[Application] = []
    for path in paths:
        tree = sources.tree(path)
        for function, framework in _factories(tree) if tree else ():
            factories[function.name] = framework
            if not _required(function):
                found.append(
                    Application(framework=_FRAMEWORKS[framework], asgi=framework in ASGI, path=path, name=function.name, factory=True, line=function.lineno)
                )
    for path in paths:
        tree = sources.tree(path)
        for name, value, line in _assigned(tree) if tree else ():
            word = called(value) or ""
            framework = word if word in _FRAMEWORKS and _imports(tree, word) else factories.get(word, "")
            if framework:
                idle = word in _FRAMEWORKS and re.search(rf"\b{re.escape(name)}\.\w|[(,]\s*{re.escape(name)}\s*[,)]", sources.text(path)) is None
                found.append(Application(framework=_FRAMEWORKS[framework], asgi=framework in ASGI, path=path, name=name, factory=False, line=line, idle=idle))
    objects = {item.path for item in found if not item.factory}
    # A module that makes its object by its own factory offers the object.
    return tuple(sorted((item for item in found if not (item.factory and item.path in objects)), key=lambda item: (item.rank, item.path, item.name)))


def best(applications: tuple[Application, ...]) -> tuple[Application, ...]:
    """Those that no other one outranks."""
    return tuple(item for item in applications if item.rank == applications[0].rank)


def server_for(application: Application, locked: Locked) -> str | None:
    """The locked server that fits, the most usual first."""
    usual = ("uvicorn", "hypercorn", "granian", "daphne") if application.asgi else ("gunicorn", "waitress", "granian")
    return next((name for name in usual if locked.has(name)), None)


def start_of(application: Application, server: str, sources: Sources, port: int) -> Start:
    """The start of an application by a server."""
    folder = sources.own_folder(application.path)
    inner = application.path if folder is None else application.path[len(folder) + 1 :]
    module = sources.module_name(inner)
    in_source = not sources.installed and folder is None and sources.source_folder != "." and application.path.startswith(f"{sources.source_folder}/")
    kind = "makes" if application.factory else "is"
    return Start(
        words=words_of(server, module, application.name, factory=application.factory, asgi=application.asgi, port=port),
        origin=Origin(sources.shown(application.path), application.line),
        reason=f"`{application.name}` in {sources.shown(application.path)} {kind} a {application.framework} application and {server} is there",
        environment=(("PYTHONPATH", f"{APP_FOLDER}/{sources.source_folder}"),) if in_source else (),
        working_directory=folder,
        module=module,
    )


def words_of(server: str, module: str, name: str, *, factory: bool, asgi: bool, port: int) -> tuple[str, ...]:
    """The words that serve `module:name` on every address, on `$PORT` or `port`."""
    target, number = f"{module}:{name}", f"${{PORT:-{port}}}"
    called_target = f"{target}()" if factory else target
    match server:
        case "gunicorn":
            # The heartbeat file on a disk overlay can block the workers: benoitc/gunicorn#1388.
            return "gunicorn", called_target, "--bind", f"0.0.0.0:{number}", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"  # noqa: S108
        case "waitress":
            return "waitress-serve", "--host=0.0.0.0", f"--port={number}", *(("--call",) if factory else ()), target
        case "hypercorn":
            return "hypercorn", called_target, "--bind", f"0.0.0.0:{number}"
        case "daphne":
            return "daphne", "--bind", "0.0.0.0", "--port", number, target  # noqa: S104
        case "granian":
            return "granian", "--interface", "asgi" if asgi else "wsgi", target, "--host", "0.0.0.0", "--port", number, *(("--factory",) if factory else ())  # noqa: S104
        case _:
            return server, target, "--host", "0.0.0.0", "--port", number, *(("--factory",) if factory else ())  # noqa: S104


def _factories(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef, str]]:
    """Top-level functions that return what they made by a framework's name."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        made: dict[str, str] = {}
        for inner in ast.walk(node):
            if isinstance(inner, ast.Assign | ast.AnnAssign):
                word = called(inner.value)
                targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target]
                if word in _FRAMEWORKS and _imports(tree, word):
                    made.update({target.id: word for target in targets if isinstance(target, ast.Name)})
            elif isinstance(inner, ast.Return):
                word = called(inner.value)
                word = made.get(inner.value.id) if isinstance(inner.value, ast.Name) else word if word in _FRAMEWORKS and _imports(tree, word or "") else None
                if word:
                    yield node, word
                    break


def _required(function: ast.FunctionDef) -> bool:
    arguments = function.args
    return len(arguments.posonlyargs) + len(arguments.args) > len(arguments.defaults) or any(default is None for default in arguments.kw_defaults)


def _assigned(tree: ast.Module) -> Iterator[tuple[str, ast.expr, int]]:
    """Plain names that the module assigns at its top level, also inside of `try` and `if`, but not under `__main__`."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value, node.lineno
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value, node.lineno
        elif isinstance(node, ast.Try):
            waiting += node.body
        elif isinstance(node, ast.If) and "__main__" not in ast.dump(node.test):
            waiting += [*node.body, *node.orelse]


def _imports(tree: ast.Module | None, word: str) -> bool:
    """Whether the module imports the name (or calls it through its module), so that a class of its own is not taken for the framework's."""
    for node in tree.body if tree else ():
        if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) in (word, "*") for alias in node.names):
            return True
        if isinstance(node, ast.Import) and any(
            alias.name.partition(".")[0] in ("fastapi", "starlette", "litestar", "quart", "flask", "bottle", "connexion") for alias in node.names
        ):
            return True
        if isinstance(node, ast.Try) and _imports(ast.Module(body=node.body, type_ignores=[]), word):
            return True
    return False
