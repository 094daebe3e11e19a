"""A small service with many bad habits, and a machine that runs it as a process of this machine, without any sandbox."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from builders import image_of
from paredown.errors import WorldError
from paredown.plan import Verification
from paredown.probes.interface import Subject
from paredown.runners.interface import Ended, Launch
from paredown.tree import Tree

# What it does wrong stands in HABITS; PORT is where it listens.
SERVICE = """
import http.server, os, signal, socket, sys, threading, time
habits = os.environ.get("HABITS", "").split()
port = int(os.environ.get("PORT", "8000"))
if "needs-variable" in habits:
    os.environ["DATABASE_URL"]
if "dies" in habits:
    sys.exit("no such table: items")
if "slow" in habits:
    time.sleep(1)
if "writes" in habits:
    open(os.environ["FOLDER"] + "/cache.db", "w").close()
if "lock" in habits:
    os.close(os.open(os.environ["FOLDER"] + "/pid", os.O_CREAT | os.O_EXCL))
if "no-foreigners" in habits and os.environ.get("AS_USER", str(os.getuid())) == "54321":
    sys.exit("PermissionError: [Errno 13] Permission denied: '/app/data/state.json'")
if "forks" in habits:
    for count in range(3):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
if "hangs" in habits:
    time.sleep(60)
if "elsewhere" in habits:
    port += 1

class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        if "flood" in habits:
            sys.stdout.write("a line of many\\n" * 20_000)
        self.answer({"/": 200, "/health": 200}.get(self.path, 404), b"page")
    def do_POST(self):
        if "guarded" in habits and not self.headers["Authorization"]:
            self.close_connection = True
            return self.answer(401, b"")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(201, body.upper())
    def log_message(self, form, *words):
        print("%s asked at %s" % (self.path, time.time()), flush="buffers" not in habits)

class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False
    address_family = socket.AF_INET

server = Server(("127.0.0.1" if "loopback" in habits else "0.0.0.0", port), Page)
def end(number, frame):
    if "deaf" in habits:
        return
    if "hasty" in habits:
        os._exit(3)
    threading.Thread(target=server.shutdown).start()
signal.signal(signal.SIGTERM, end)
print("listening as", os.getpid(), flush="buffers" not in habits)
server.serve_forever(poll_interval=0.05)
server.server_close()
print("ends", file=sys.stderr)
"""


class HostService:
    """The service as a process group of this machine."""

    def __init__(self, process: "subprocess.Popen[bytes]", files: tuple[Path, Path]) -> None:
        self._process, self._files = process, files

    def connect(self, port: int) -> socket.socket:
        return socket.create_connection(("127.0.0.1", port), timeout=5)

    def execute(self, argv: tuple[str, ...], *, timeout: float) -> Ended:
        return run(argv, timeout)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def output(self) -> tuple[bytes, bytes]:
        return self._files[0].read_bytes(), self._files[1].read_bytes()

    def wait(self, timeout: float | None) -> Ended | None:
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        return self._ended(status)

    def stop(self, grace: float) -> Ended:
        self.signal(signal.SIGTERM)
        return self.wait(grace) or self.kill()

    def kill(self) -> Ended:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        return self._ended(self._process.wait())

    def _ended(self, status: int) -> Ended:
        stdout, stderr = self.output()
        return Ended(status=status if status >= 0 else 128 - status, stdout=stdout, stderr=stderr)


class HostMachine:
    """Starts what a launch says, but as oneself; the service is told by AS_USER and READ_ONLY who it should be. `launches` are those so far."""

    def __init__(self) -> None:
        self.launches: list[Launch] = []

    @contextmanager
    def service(self, launch: Launch) -> Iterator[HostService]:
        self.launches.append(launch)
        asked = {"AS_USER": str(launch.user), "READ_ONLY": str(launch.read_only)}
        with tempfile.TemporaryDirectory() as folder:
            files = Path(folder, "stdout"), Path(folder, "stderr")
            with files[0].open("wb") as stdout, files[1].open("wb") as stderr:
                process = subprocess.Popen(
                    launch.argv, env={**dict(launch.environment), **asked}, cwd=launch.working_directory, stdin=subprocess.DEVNULL, stdout=stdout,
                    stderr=stderr, start_new_session=True,
                )  # fmt: skip
            service = HostService(process, files)
            try:
                yield service
            finally:
                service.kill()

    def run(self, launch: Launch, *, stdin: bytes = b"", timeout: float) -> Ended:
        return run(launch.argv, timeout, dict(launch.environment))


def run(argv: tuple[str, ...], timeout: float, environment: dict[str, str] | None = None) -> Ended:
    """A program of this machine to its end, as a runner tells of it."""
    try:
        done = subprocess.run(argv, env=environment, capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise WorldError(f"{argv[0]} did not end within {timeout:g} seconds") from None
    except OSError as error:
        raise WorldError(f"{argv[0]} cannot be started: {error.strerror}") from None
    return Ended(status=done.returncode, stdout=done.stdout, stderr=done.stderr)


def free_port() -> int:
    """A port that nothing listens on, nor on the one above it."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def subject_of(folder: Path, *habits: str, settings: dict[str, Any] | None = None, **config: Any) -> Subject:
    """The service with these habits on a machine of its own; `config` are fields of its image's configuration."""
    port = free_port()
    environment = {"HABITS": " ".join(habits), "PORT": str(port), "FOLDER": str(folder), "PATH": os.environ["PATH"]}
    launch = Launch(argv=(sys.executable, "-c", SERVICE), environment=tuple(environment.items()), ports=(port,), working_directory=str(folder))
    given = Verification(**{"patience": 20, "grace": 5, **(settings or {})})
    return Subject(image=image_of(Tree(), folder / "store", **config), machine=HostMachine(), launch=launch, settings=given)
