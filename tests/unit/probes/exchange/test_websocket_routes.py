import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.sync.server import ServerConnection, serve

from builders import image_of, tree_of
from loopback import driven
from paredown.plan import Verification
from paredown.probes.exchange import websocket_routes
from paredown.probes.exchange.interface import Guide
from paredown.probes.exchange.websocket_routes import paths_in, paths_in_code


def only_texts(connection: ServerConnection) -> None:
    if connection.request is not None and connection.request.path != "/echo":
        connection.close(4404)
        return
    for message in connection:
        if isinstance(message, bytes):
            connection.close(1003)
            return
        connection.send(message)


@pytest.fixture
def port() -> Iterator[int]:
    with serve(only_texts, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
        thread.join()


def test_message_and_those_after_it_are_sent_alone_when_it_ends_the_talk(tmp_path: Path, port: int) -> None:
    guide = Guide(image=image_of(tree_of({}), tmp_path), settings=Verification(), routes=("GET /", "WS /echo"))
    said, known = driven(websocket_routes.ask, guide, port)
    closed = {request.key: answer.close_code for request, answer in said if hasattr(answer, "close_code")}
    assert known == ["WS /echo"]
    assert closed["WS /echo, in silence"] == closed["WS /echo, a long text"] == 0
    assert "WS /echo, a text" not in closed  # it was answered already
    assert closed["WS /echo, bytes"] == closed["WS /echo, one of everything"] == 1003


def test_routes_are_read_from_code_when_none_are_listed(tmp_path: Path, port: int) -> None:
    tree = tree_of({"app/main.py": b'@app.websocket("/echo")\nasync def f(ws): ...\n'})
    assert driven(websocket_routes.ask, Guide(image=image_of(tree, tmp_path), settings=Verification()), port)[1] == ["WS /echo"]


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ('@router.websocket("/ws/{room}")', "/ws/{room}"),
        ("@app.websocket_route('/ws')", "/ws"),
        ('WebSocketRoute(\n    "/ws", endpoint)', "/ws"),
        ('sock = Sock(app)\n@sock.route("/s")', "/s"),
        (r'websocket_urlpatterns = [re_path(r"^ws/(?P<room>\w+)/$", x)]', "/ws/{room}/"),
        ('URLRouter([path("ws/<int:id>/", x)])', "/ws/<int:id>/"),
    ],
)
def test_path_is_found_when_code_declares_a_route(code: str, path: str) -> None:
    assert list(paths_in_code(code)) == [path]


def test_packages_are_not_read_when_the_code_of_the_app_is_meant() -> None:
    tree = tree_of({"usr/local/lib/python3.13/site-packages/x.py": b'@a.websocket("/x")', "app/x.py": b'@a.get("/x")'})
    assert list(paths_in(tree)) == []
