import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from paredown.probes import programs
from paredown.probes.exchange.routes import Application, application_of

_PROGRAM = Path(programs.__file__).with_name("list_routes.py")

_FRAMEWORK = """
class Route:
    def __init__(self, path, methods, endpoint): self.path, self.methods, self.endpoint = path, methods, endpoint
class WebSocketRoute(Route): pass
class Mount:
    def __init__(self, path, routes): self.path, self.routes = path, routes
class App:
    def __init__(self, routes): self.routes = routes
class Middleware:
    def __init__(self, app): self.app = app
def item(item_id: int): ...
def create_app(debug=False):
    print("noise")
    inner = [Route("/{key:path}", {"GET", "HEAD"}, None)]
    return Middleware(App([Route("/items/{item_id}", {"GET", "PUT"}, item), WebSocketRoute("/echo", None, None), Mount("/files", inner)]))
"""


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("uvicorn app.main:app --host 0.0.0.0 --port 8000", Application(module="app.main", attribute="app")),
        ("/opt/venv/bin/uvicorn --app-dir src --factory shop:create_app", Application(module="shop", attribute="create_app", folders=("src",))),
        ("python3 -m gunicorn -b 0.0.0.0:8000 --chdir /srv shop.wsgi:application", Application(module="shop.wsgi", attribute="application", folders=("/srv",))),
        ("gunicorn shop:create_app() -k uvicorn.workers.UvicornWorker", Application(module="shop", attribute="create_app()")),
        ("flask --app shop.web:make run", Application(module="shop.web", attribute="make")),
        ("flask run --host 0.0.0.0", Application(module="by.variable")),
        ("fastapi run src/main.py", Application(module="src.main", folders=("src",))),
        ("fastapi run", Application(module="main", folders=(".",))),
        ("python manage.py runserver", Application(module="shop.wsgi", attribute="application")),
        ("python server.py", None),
    ],
)
def test_application_is_the_one_that_the_command_serves(command: str, expected: Application | None) -> None:
    environment = {"FLASK_APP": "by.variable", "DJANGO_SETTINGS_MODULE": "shop.settings"}
    assert application_of(command.split(), environment, frozenset(("main.py",))) == expected


def test_application_is_found_in_a_shells_line() -> None:
    line = ["/bin/sh", "-c", "exec uvicorn shop:app --port ${PORT:-8000}"]
    assert application_of(line, {}, frozenset()) == Application(module="shop", attribute="app")


def _listed(folder: Path, module: str, attribute: str) -> list[dict[str, Any]]:
    order = json.dumps({"module": module, "attribute": attribute, "folders": [str(folder)]})
    finished = subprocess.run([sys.executable, "-c", _PROGRAM.read_text("utf-8")], input=order.encode(), capture_output=True, check=True, timeout=30)
    return [json.loads(line) for line in finished.stdout.splitlines()]


def test_routes_are_listed_with_the_kinds_of_their_holes(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(_FRAMEWORK)
    assert _listed(tmp_path, "shop", "create_app") == [
        {"route": "GET /items/{item_id:int}"}, {"route": "PUT /items/{item_id:int}"}, {"route": "WS /echo"},
        {"route": "GET /files/{key:path}"}, {"end": "Starlette"},
    ]  # fmt: skip


_FLASK = """
class request: pass
class Rule:
    def __init__(self, rule, endpoint, method): self.rule, self.endpoint, self.methods = rule, endpoint, {method}
class Map:
    def iter_rules(self): return [Rule("/files/<path:name>", "keep", "POST"), Rule("/decode", "decode", "PUT"), Rule("/", "page", "GET")]
class app:
    url_map = Map()
    def keep():
        return request.files.get("scan") or request.form['title'], request.args.get(
            "day", ""), request.args["day"]
    def decode(): return request.get_data()
    def page(): return "request"
    view_functions = {"keep": keep, "decode": decode, "page": page}
"""


def test_views_tell_what_they_read(tmp_path: Path) -> None:
    (tmp_path / "desk.py").write_text(_FLASK)
    assert _listed(tmp_path, "desk", "app") == [
        {"route": "POST /files/{name:path}", "inputs": [["query", "day"], ["field", "title"], ["file", "scan"]]},
        {"route": "PUT /decode", "inputs": [["body", ""]]}, {"route": "GET /"}, {"end": "Flask"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "failed"), [("raise SystemExit(3)", "SystemExit: 3"), ("import nothing_of_that_name", "ModuleNotFoundError"), ("app = 5", "LookupError")]
)
def test_reason_is_told_when_the_application_cannot_be_had(tmp_path: Path, source: str, failed: str) -> None:
    (tmp_path / "shop.py").write_text(source)
    assert _listed(tmp_path, "shop", "app")[0]["failed"].startswith(failed)
