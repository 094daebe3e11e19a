import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from builders import NOWHERE, plan_of
from paredown.composers import health_check
from paredown.materialise import write_folder
from paredown.plan import Command, HealthCheck


@contextmanager
def answering(answer: bytes | None, *, family: int = socket.AF_INET):
    """A server that gives `answer` to whoever asks (None: hangs); its port, and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family) as server:
        held: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                held.append(connection)
                if answer is not None:
                    asked.append(connection.recv(4096))
                    connection.sendall(answer)
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], asked
        server.shutdown(socket.SHUT_RDWR)
        for connection in held:
            connection.close()


@pytest.fixture
def check(tmp_path):
    def run(port: int | str, *, path: str | None = "/health", timeout: float = 5, **environment: str) -> subprocess.CompletedProcess[bytes]:
        words = ("serve", "--port", str(port))
        plan = plan_of(command=Command(words=words, origin=NOWHERE), health=HealthCheck(path=path, timeout=timeout, origin=NOWHERE))
        tree, argv = health_check.compose(plan, sys.executable)
        write_folder(tree, tmp_path)
        return subprocess.run([*argv[:3], str(tmp_path / argv[3].lstrip("/")), *argv[4:]], env=environment, capture_output=True, timeout=20, check=False)

    return run


def answer(status: int) -> bytes:
    return f"HTTP/1.1 {status} Whatever\r\nContent-Length: 2\r\n\r\nok".encode()


def test_no_health_check_makes_nothing():
    tree, argv = health_check.compose(plan_of(), "/usr/bin/python3.13")
    assert (len(tree), argv) == (0, ())


@pytest.mark.parametrize(("status", "exit_code"), [(200, 0), (204, 0), (302, 0), (400, 1), (401, 1), (404, 1), (500, 1), (503, 1)])
def test_a_status_decides(check, status, exit_code):
    with answering(answer(status)) as (port, asked):
        assert check(port).returncode == exit_code
    assert asked[0].startswith(b"GET /health HTTP/1.1\r\nHost: localhost:")


@pytest.mark.parametrize(("status", "exit_code"), [(200, 0), (404, 0), (405, 0), (499, 0), (500, 1), (502, 1)])
def test_without_a_path_any_answer_below_500_is_well(check, status, exit_code):
    with answering(answer(status)) as (port, asked):
        assert check(port, path=None).returncode == exit_code
    assert asked[0].startswith(b"GET / HTTP/1.1")


def test_a_refused_connection(check):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    done = check(port)
    assert (done.returncode, done.stderr) == (1, f"unhealthy: port {port}: connection refused\n".encode())


def test_a_service_that_accepts_and_says_nothing(check):
    with answering(None) as (port, _):
        done = check(port, timeout=0.5)
    assert done.returncode == 1
    assert b"timed out" in done.stderr or b"no answer" in done.stderr


@pytest.mark.parametrize("nonsense", [b"hello\r\n\r\n", b"", b"HTTP/1.1\r\n", b"HTTP/1.1 abc OK\r\n"])
def test_an_answer_that_is_not_http(check, nonsense):
    with answering(nonsense) as (port, _):
        assert check(port).returncode == 1


def test_a_service_on_ipv6_alone(check):
    try:
        with answering(answer(200), family=socket.AF_INET6) as (port, asked):
            assert check(port).returncode == 0
            assert b"Host: localhost:" in asked[0]
    except OSError:
        pytest.skip("no IPv6 loopback here")


def test_the_port_follows_the_environment(check):
    with answering(answer(200)) as (port, _):
        assert check("${PORT:-1}", PORT=str(port)).returncode == 0
        assert check("${PORT:-1}", PORT="").returncode == 1
        assert check(f"${{PORT:-{port}}}").returncode == 0


def test_a_port_that_is_none(check):
    assert check("$PORT", PORT="x").returncode == 1
    assert check("$PORT", PORT="70000").returncode == 1
    assert b"PORT is not set" in check("$PORT").stderr


@pytest.mark.parametrize(
    ("words", "port"),
    [
        (("uvicorn", "a:b", "--port", "9000"), "9000"), (("uvicorn", "a:b", "--port=${PORT:-8000}"), "${PORT:-8000}"),
        (("gunicorn", "-b", "0.0.0.0:5000", "a:b"), "5000"), (("gunicorn", "--bind=[::]:$PORT", "a:b"), "$PORT"),
        (("gunicorn", "--bind", ":${PORT:-80}", "a:b"), "${PORT:-80}"), (("python", "manage.py", "runserver", "0.0.0.0:8080"), "8080"),
        (("serve", "x=${WEB_PORT:-7000}"), "${WEB_PORT:-7000}"), (("uvicorn", "main:app"), "8123"), (("serve", "-p", "text"), "8123"),
    ],
)  # fmt: skip
def test_the_port_of_a_command(words, port):
    assert health_check.port_of(plan_of(command=Command(words=words, origin=NOWHERE), ports=(8123, 9))) == port


def test_the_port_of_the_environment_counts_when_the_command_has_none():
    plan = plan_of(environment=(("PORT", "5000"),), ports=(5000,))
    assert health_check.port_of(plan) == "${PORT:-5000}"
