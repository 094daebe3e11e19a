"""Imports a service's application and lists the routes that its framework knows, a JSON line of each on what was standard output.

Standard input is JSON: `module` is a dotted name, `attribute` leads on from it ("" to look for an application, then for a factory), `folders`
are put on the import path. A line is {"route": "GET /items/{item_id:int}"}; the last is {"end": "the framework"} or {"failed": "why"}. Where the
source of a view tells what it reads of a request, the line has it as "inputs": [["query", "day"], ["field", "name"], ["file", "scan"], ["body", ""]].
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import posix
import re
import sys
from typing import Any

APPLICATIONS = ("app", "application", "api", "server")
FACTORIES = ("create_app", "make_app", "get_app", "create_application", "get_application", "build_app")
KINDS = {"int": "int", "integer": "int", "float": "float", "number": "float", "uuid": "uuid", "UUID": "uuid", "path": "path", "date": "date"}
DEEPEST = 8
READS = {"query": r"args", "field": r"(?:form|values)", "file": r"files"}  # by attribute of Flask's `request`
INPUTS: dict[str, list[list[str]]] = {}  # what views read, by route


def main() -> None:
    """List the routes of the application that is asked for."""
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the application prints does not get between
    with os.fdopen(0, encoding="utf-8", closefd=False) as asked:
        order = json.load(asked)
    sys.path[:0] = order["folders"]
    try:
        application = application_of(order["module"], order["attribute"])
        framework, routes = listed(application)
        for route in routes:
            told.write(json.dumps({"route": route, "inputs": INPUTS[route]} if route in INPUTS else {"route": route}) + "\n")
        told.write(json.dumps({"end": framework}) + "\n")
    except BaseException as error:  # noqa: BLE001 - a service may raise anything, and exit
        told.write(json.dumps({"failed": type(error).__name__ + ": " + str(error)}) + "\n")
    told.flush()
    posix._exit(0)  # threads that the application started do not hold this up


def application_of(module: str, attribute: str) -> Any:
    """The application object."""
    found: Any = importlib.import_module(module)
    called = attribute.endswith(")")
    for name in attribute.partition("(")[0].split(".") if attribute else ():
        found = getattr(found, name)
    if not attribute:
        found = next((getattr(found, name) for name in (*APPLICATIONS, *FACTORIES) if hasattr(found, name)), found)
    if called or (inspect.isfunction(found) and not parameters(found)):
        found = found()
    return found


def parameters(function: Any) -> list[str]:
    """The names of the parameters that must be given."""
    return [name for name, one in inspect.signature(function).parameters.items() if one.default is one.empty and one.kind < one.VAR_POSITIONAL]


def listed(application: Any) -> tuple[str, list[str]]:
    """The name of the framework, and the routes."""
    for _ in range(DEEPEST):
        name = type(application).__module__.partition(".")[0]
        if hasattr(application, "url_map"):
            return "Flask", of_flask(application)
        if name == "django":
            return "Django", of_django()
        if name == "sanic":
            return "Sanic", of_sanic(application)
        if name == "aiohttp":
            return "aiohttp", of_aiohttp(application)
        if name == "litestar":
            return "Litestar", of_litestar(application)
        if name == "falcon":
            return "Falcon", of_falcon(application)
        if name == "channels" and "django" in sys.modules:
            return "Django", of_django()
        if isinstance(getattr(application, "routes", None), list):
            return "Starlette", of_starlette(application.routes, "")
        inner = next((getattr(application, word) for word in ("app", "application", "wsgi_app", "asgi_app", "_app") if hasattr(application, word)), None)
        if inner is None or isinstance(inner, (str, bytes)):
            break
        application = inner  # a middleware around it
    raise LookupError("no framework known here made the application, a " + type(application).__name__)


def of_starlette(routes: Any, prefix: str, depth: int = 0) -> list[str]:
    """Starlette's and FastAPI's, those of mounted applications and routers too."""
    found: list[str] = []
    contexts = getattr(sys.modules.get("fastapi.routing"), "iter_route_contexts", list)  # newer ones keep an included router as one route
    for route in contexts(routes):
        path = prefix + (getattr(route, "path", None) or "")
        endpoint = getattr(route, "endpoint", None)
        if "WebSocket" in type(getattr(route, "original_route", route)).__name__:
            found.append("WS " + typed(path, endpoint))
        elif getattr(route, "methods", None):
            found += [method + " " + typed(path, endpoint) for method in methods_of(route.methods)]
        elif hasattr(route, "routes") and depth < DEEPEST:
            inner = list(route.routes or [])
            files = type(getattr(route, "app", None)).__name__ == "StaticFiles"
            found += ["GET " + path + "/{path:path}"] if files else of_starlette(inner, path, depth + 1)
        elif endpoint is not None:
            found.append("GET " + typed(path, endpoint))
    return found


def typed(path: str, function: Any) -> str:
    """`path` with the kinds of its holes, as far as the function's annotations tell them."""
    try:
        annotations = {name: one.annotation for name, one in inspect.signature(function).parameters.items()}
    except (TypeError, ValueError):
        annotations = {}

    def hole(match: Any) -> str:
        name, kind = match.group(1), match.group(2) or ""
        annotation = annotations.get(name)
        annotation = getattr(annotation, "__origin__", annotation) if hasattr(annotation, "__metadata__") else annotation
        said = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
        return hole_of(name, {name: kind if kind in KINDS else str(said)})

    return re.sub(r"\{([^{}:]+)(?::([^{}]*))?\}", hole, path)


def methods_of(methods: Any) -> list[str]:
    """Those that somebody wrote; HEAD and OPTIONS come by themselves."""
    return sorted(set(methods) - {"HEAD", "OPTIONS"}) or sorted(methods)


def of_flask(application: Any) -> list[str]:
    """Those of the URL map of Flask and Quart."""
    found: list[str] = []
    for rule in application.url_map.iter_rules():
        path = ""
        for kind, name, text in re.findall(r"<(?:([a-zA-Z_]\w*)(?:\([^>]*\))?:)?([a-zA-Z_]\w*)>|([^<]+)", rule.rule):
            path += text or "{" + name + (":" + KINDS[kind] if kind in KINDS else "") + "}"
        if getattr(rule, "websocket", False):
            found.append("WS " + path)
        else:
            routes = [method + " " + path for method in methods_of(rule.methods or {"GET"})]
            inputs = inputs_of(application.view_functions.get(rule.endpoint))
            INPUTS.update(dict.fromkeys(routes, inputs) if inputs else {})
            found += routes
    return found


def inputs_of(view: Any) -> list[list[str]]:
    """What a view reads by name of Flask's `request`, and whether it takes the body as it is."""
    try:
        source = inspect.getsource(inspect.unwrap(view))
    except (OSError, TypeError, ValueError):
        return []
    found = []
    for place, attribute in READS.items():
        pattern = r"request\." + attribute + r"\)?(?:\[|\.get(?:list)?\(\s*)(['\"])([^'\"]+)\1"
        found += [[place, name] for name in dict.fromkeys(match[1] for match in re.findall(pattern, source))]
    return found or ([["body", ""]] if re.search(r"request\.(?:get_data\(|data\b|stream\b)", source) else [])


def of_django() -> list[str]:
    """Those of the URL resolver; a pattern that is no simple template is left out. Which methods a view takes, only some views tell."""
    urls = importlib.import_module("django.urls")
    return sorted(set(of_patterns(urls.get_resolver().url_patterns, "/", 0)))


def of_patterns(patterns: Any, prefix: str, depth: int) -> list[str]:
    """The routes of URL patterns below `prefix`."""
    found: list[str] = []
    for one in patterns:
        path = template_of(one.pattern)
        if path is None:
            continue
        if hasattr(one, "url_patterns"):
            found += of_patterns(one.url_patterns, prefix + path, depth + 1) if depth < DEEPEST else []
        else:
            # `{format}` is the ending that the REST framework gives every route once more.
            found += [] if "{format}" in path else [method + " " + prefix + path for method in django_methods(one.callback)]
    return found


def template_of(pattern: Any) -> str | None:
    """The template of a pattern: `<int:pk>` and `(?P<pk>[0-9]+)` become holes; None when it is more than that."""
    kinds = {name: type(converter).__name__.replace("Converter", "").lower() for name, converter in getattr(pattern, "converters", {}).items()}
    if type(pattern).__name__ != "RegexPattern":
        return re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda match: hole_of(match.group(1), kinds), str(pattern))
    text = re.sub(r"^\^|\\Z$|(?<!\\)\$$", "", str(pattern))
    text = re.sub(r"\(\?P<(\w+)>((?:[^()]|\([^()]*\))*)\)", lambda match: hole_of(match.group(1), {match.group(1): digits(match.group(2))}), text)
    text = re.sub(r"/\?$", "/", re.sub(r"\\([./-])", r"\1", text))
    plain = re.sub(r"\{[^{}]*\}", "", text)
    return None if re.search(r"[\\()\[\]*+?|^$]", plain) else text


def digits(expression: str) -> str:
    """The kind of what a regular expression of digits matches."""
    return "int" if re.match(r"(\[0-9\]|\\d)[+*{]?", expression) else ""


def hole_of(name: str, kinds: dict[str, str]) -> str:
    """A hole with its kind."""
    kind = KINDS.get(kinds.get(name, ""), "")
    return "{" + name + (":" + kind if kind else "") + "}"


def django_methods(view: Any) -> list[str]:
    """The methods that a view says it takes; GET when it does not say."""
    actions = getattr(view, "actions", None)
    if actions:
        return methods_of({method.upper() for method in actions})
    made_of = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if made_of is not None:
        own = {name: getattr(getattr(made_of, name, None), "__module__", "django.") for name in ("get", "post", "put", "patch", "delete")}
        return [name.upper() for name, module in own.items() if not module.startswith("django.")] or ["GET"]
    return ["GET"]


def of_sanic(application: Any) -> list[str]:
    """Sanic's; its router is filled when it is finalised."""
    application.router.finalize()
    found: list[str] = []
    for route in application.router.routes:
        path = "/" + re.sub(r"<([^<>:]+)(?::([^<>]*))?>", lambda match: hole_of(match.group(1), {match.group(1): match.group(2) or ""}), route.path)
        found += [method + " " + path for method in methods_of(route.methods)]
    return found


def of_aiohttp(application: Any) -> list[str]:
    """aiohttp's; `{name:[0-9]+}` may hold a regular expression."""
    found: list[str] = []
    for route in application.router.routes():
        path = (route.resource.canonical if route.resource else "") or ""
        if path and route.method not in ("HEAD", "*"):
            found.append(route.method + " " + path + ("/{path:path}" if type(route.resource).__name__ == "StaticResource" else ""))
    return found


def of_litestar(application: Any) -> list[str]:
    """Litestar's."""
    found: list[str] = []
    for route in application.routes:
        path = typed(route.path, None)
        if "WebSocket" in type(route).__name__:
            found.append("WS " + path)
        else:
            found += [method + " " + path for method in methods_of(getattr(route, "methods", None) or {"GET"})]
    return sorted(found)


def of_falcon(application: Any) -> list[str]:
    """Falcon's: the tree of its router."""
    found: list[str] = []

    def walk(nodes: Any) -> None:
        for node in nodes:
            if node.uri_template and node.method_map:
                responders = {method for method, one in node.method_map.items() if "falcon.responders" not in getattr(one, "__module__", "")}
                found.extend(method + " " + typed(node.uri_template, None) for method in methods_of(responders & {"GET", "POST", "PUT", "PATCH", "DELETE"}))
            walk(node.children)

    walk(application._router._roots)
    return found


main()
