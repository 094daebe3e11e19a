"""The sandbox's private network: reached from here by asking, and by nobody else."""

import socket
import urllib.request

import pytest

from paredown.errors import WorldError
from paredown.sandbox import Sandbox, get, start, wait_until_answers
from unit.sandbox.conftest import python

ECHO = """
import http.server, sys
class Service(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.path.encode() * 3
        self.send_response(200 if self.path == "/yes" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", 8765), Service).serve_forever()
"""


def test_a_service_answers_when_asked_inside_its_network(box: Sandbox) -> None:
    with start(box, python(ECHO)) as running:
        first = wait_until_answers(running, 8765, "/yes", timeout=20)
        assert first is not None
        assert (first.status, first.body) == (200, b"/yes/yes/yes")
        assert get(running, 8765, "/no", timeout=5).status == 404
        with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", 8765), timeout=2):
            pass


def test_a_closed_port_is_refused_when_connected_to(box: Sandbox) -> None:
    with start(box, python("import time; time.sleep(600)")) as running, pytest.raises(ConnectionRefusedError, match="port 9 in the sandbox"):
        running.connect(9)


def test_no_other_network_is_there_when_inside(box: Sandbox) -> None:
    code = "import socket; print([name for _, name in socket.if_nameindex()], flush=True)"
    with start(box, python(code)) as running:
        running.wait(10)
        assert running.output()[0] == b"['lo']\n"


def test_no_answer_comes_when_the_service_dies(box: Sandbox) -> None:
    with start(box, python("raise SystemExit('no database')")) as running:
        assert wait_until_answers(running, 8765, "/", timeout=20) is None
        assert running.wait() == 1
        assert running.output()[1] == b"no database\n"


def test_no_answer_comes_when_the_service_never_listens(box: Sandbox) -> None:
    with start(box, python("import time; time.sleep(600)")) as running:
        assert wait_until_answers(running, 8765, "/", timeout=0.4) is None
        assert running.wait(0) is None


def test_another_protocol_is_an_error_when_asked_by_http(box: Sandbox) -> None:
    code = """
import socket
with socket.create_server(("127.0.0.1", 8765)) as server:
    print(flush=True)
    while True:
        accepted, _ = server.accept()
        accepted.send(b"SSH-2.0 ")
        accepted.close()
"""
    with start(box, python(code)) as running:
        while not running.stdout.read_bytes():
            running.wait(0.01)
        with pytest.raises(OSError, match=r"HTTP|reset"):
            get(running, 8765, "/", timeout=5)


def test_requests_are_relayed_when_a_port_of_the_machine_is_forwarded(box: Sandbox) -> None:
    with start(box, python(ECHO)) as running:
        assert wait_until_answers(running, 8765, "/yes", timeout=20)
        port = running.forward(8765)
        for _ in range(5):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/yes", timeout=5) as answer:
                assert answer.read() == b"/yes/yes/yes"
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", port), timeout=2):
        pass


def test_an_error_says_so_when_a_port_of_the_machine_is_taken(box: Sandbox) -> None:
    idle = python("import time; time.sleep(600)")
    with socket.create_server(("127.0.0.1", 0)) as taken, start(box, idle) as running, pytest.raises(WorldError, match="of this machine cannot be listened on"):
        running.forward(80, taken.getsockname()[1])
