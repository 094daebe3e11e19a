"""The health check: settings, else the Dockerfile's, else a route of the code that is sure to be there, else any answer at all."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.frontends import django
from paredown.frontends.dockerfile_hints import Hints
from paredown.frontends.settings import HealthSettings, Settings
from paredown.frontends.sources import Sources, called, keyword, text_of
from paredown.origin import Origin, line_of
from paredown.plan import HealthCheck

# What health routes are called, the likeliest to answer without a database first.
_WORDS = (
    "health", "healthz", "healthcheck", "health-check", "health_check", "_health", "livez", "live", "liveness", "alive", "ping", "heartbeat",
    "__heartbeat__", "__lbheartbeat__", "ready", "readyz", "readiness", "up", "status",
)  # fmt: skip
# A string that ends like a health route, after something that adds routes: other texts need no parsing.
_PROMISE = rf"(?s)(?:get|route|url_rule|head)\(.{{0,200}}?[\"'](?:/[\w./-]*)?/(?:{'|'.join(_WORDS)})/?[\"']"
_METHODS = ("get", "route", "api_route", "add_api_route", "add_url_rule", "add_get", "add_route", "head")
_ROUTERS = ("APIRouter", "Blueprint", "APIBlueprint")
_APPLICATIONS = ("FastAPI", "Starlette", "Quart", "Flask", "APIFlask", "Bottle", "Sanic", "Application", "Connexion")
_DEEPEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A health route in the code. `path` None when a prefix before it is not written as a literal."""

    path: str | None
    tail: str
    origin: Origin


def choose(settings: Settings, hints: Hints | None, sources: Sources, start: Origin) -> tuple[HealthCheck | None, str | None]:
    """The check (None when the user wants none), and a sentence on how it came about."""
    if settings.health is not None:
        return _check(settings.health, settings.origin("health")), None
    if hints is not None and hints.health is not None and hints.health_origin is not None:
        note = f"The health check is that of {hints.health_origin}." if hints.health.wanted else f"There is no health check, as {hints.health_origin} says."
        return _check(hints.health, hints.health_origin), note
    routes = find(sources)
    sure = sorted((route for route in routes if route.path is not None), key=lambda route: (_rank(route.tail), (route.path or "").count("/"), route.path))
    if sure:
        return HealthCheck(path=sure[0].path, origin=sure[0].origin), f"The health check asks {sure[0].path}, a route of {sure[0].origin}."
    unsure = f"; {routes[0].origin} has `{routes[0].tail}` under a prefix that is only known at run time" if routes else ""
    return HealthCheck(
        path=None, origin=start
    ), f'No health route is known{unsure}: any answer below 500 to GET / counts as healthy. To name one, write `health = "/health"` in {settings.file}.'


def _check(written: HealthSettings, where: Origin) -> HealthCheck | None:
    if not written.wanted:
        return None
    return HealthCheck(
        path=written.path, interval=written.interval, timeout=written.timeout, start_period=written.start_period, retries=written.retries, origin=where
    )  # fmt: skip


def find(sources: Sources) -> tuple[Route, ...]:
    """Health routes of FastAPI, Starlette, Flask and aiohttp applications, of routers that they include, and of Django's root URLs."""
    found: list[Route] = [*_django(sources)]
    for path in sources.matching(_PROMISE):
        tree = sources.tree(path)
        if tree is None:
            continue
        owners = _owners(tree)
        for name, route, line in _routes(tree):
            if _rank(route) is None:
                continue
            where = Origin(sources.shown(path), line)
            kind = owners.get(name)
            if name is None or kind == "application":
                found.append(Route(path=route, tail=route, origin=where))
            elif kind is not None:
                prefix = _prefix_of(sources, path, name, kind, 0)
                found.append(Route(path=None if prefix is None else prefix + route, tail=route, origin=where))
    return tuple(found)


def _rank(route: str) -> int | None:
    """The place of the route's last word among the names of health routes; None when it is another route or has parameters."""
    if re.search(r"[<{:*(]", route) or not route.startswith("/"):
        return None
    last = route.rstrip("/").rpartition("/")[2].lower()
    return _WORDS.index(last) if last in _WORDS else None


def _owners(tree: ast.Module) -> dict[str | None, str]:
    """Names bound to an application (`application`) or a router (its literal prefix, `?` for one that is not)."""
    found: dict[str | None, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Call):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        word = called(node.value)
        for target in targets:
            if not isinstance(target, ast.Name):
                continue
            if word in _APPLICATIONS or (word or "").startswith("create_app"):
                found[target.id] = "application"
            elif word in _ROUTERS:
                given = keyword(node.value, "prefix") or keyword(node.value, "url_prefix")
                found[target.id] = "router:" + ((text_of(given) if given is not None else "") or ("?" if given is not None and text_of(given) is None else ""))
    return found


def _routes(tree: ast.Module) -> Iterator[tuple[str | None, str, int]]:
    """(the name that the route is added to, its path, its line); no name for Starlette's `Route(...)` at the top of an application."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or (not node.args and not node.keywords):
            continue
        first = text_of(node.args[0]) if node.args else text_of(keyword(node, "path"))
        if first is None:
            continue
        methods = keyword(node, "methods")
        if isinstance(methods, ast.List | ast.Tuple) and "GET" not in [text_of(item) for item in methods.elts]:
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS and isinstance(node.func.value, ast.Name):
            yield node.func.value.id, first, node.lineno


def _prefix_of(sources: Sources, path: str, name: str, kind: str, depth: int) -> str | None:
    """What stands before the routes of router `name` of file `path`: its own prefix and those of the places that include it."""
    own = kind.removeprefix("router:")
    if own == "?" or depth > _DEEPEST:
        return None
    module = sources.module_name(path)
    for including in sources.matching(r"\binclude_router\(|\bregister_blueprint\("):
        tree = sources.tree(including)
        if tree is None:
            continue
        names = _names_of(tree, sources, including, module, name) | ({name} if including == path else set())
        owners = _owners(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or called(node) not in ("include_router", "register_blueprint") or not node.args:
                continue
            if ast.unparse(node.args[0]) not in names or not isinstance(node.func, ast.Attribute) or not isinstance(node.func.value, ast.Name):
                continue
            given = keyword(node, "prefix") or keyword(node, "url_prefix")
            here = "" if given is None else text_of(given)
            if here is None:
                return None
            # Flask's register_blueprint takes the place of the blueprint's own prefix, FastAPI's include_router comes before it.
            joined = here if given is not None and called(node) == "register_blueprint" else here + own
            above = owners.get(node.func.value.id)
            if above == "application":
                return joined
            outer = None if above is None else _prefix_of(sources, including, node.func.value.id, above, depth + 1)
            return None if outer is None else outer + joined
    return None


def _names_of(tree: ast.Module, sources: Sources, path: str, module: str, name: str) -> set[str]:
    """How a file spells `name` of `module`: `health.router`, `router`, `health_router`."""
    found: set[str] = set()
    package = sources.module_name(path) if path.endswith("__init__.py") else sources.module_name(path).rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join((*above, *((node.module,) if node.module else ()))).strip(".")
            for alias in node.names:
                if alias.name == name and _same(source, module):
                    found.add(alias.asname or alias.name)
                elif _same(f"{source}.{alias.name}".strip("."), module):
                    found.add(f"{alias.asname or alias.name}.{name}")
        elif isinstance(node, ast.Import):
            found.update(f"{alias.asname or alias.name}.{name}" for alias in node.names if _same(alias.name, module))
    return found


def _same(a: str, b: str) -> bool:
    """Modules are named from the top or, in an app that runs in its own folder, from there."""
    return a == b or b.endswith(f".{a}")


def _django(sources: Sources) -> Iterator[Route]:
    """`path("health/", ...)` in the module that ROOT_URLCONF names, or beside the settings."""
    module = django.settings_module(sources)
    if module is None:
        return
    package = module.partition(".")[0]
    for path in sources.matching(r"\burlpatterns\b"):
        if not sources.module_name(path).endswith(f"{package}.urls"):
            continue
        text = sources.text(path)
        for match in re.finditer(r"""\b(?:path|re_path|url)\(\s*r?["']\^?([\w/-]+?/?)\$?["']\s*,(?!\s*include)""", text):
            if _rank("/" + match[1]) is not None:
                yield Route(path="/" + match[1], tail="/" + match[1], origin=Origin(sources.shown(path), line_of(text, match[0])))
