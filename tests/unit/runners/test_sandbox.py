"""An image's service in the embedded sandbox, from start to end."""

import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from machine_python import LOADED_FROM, PROGRAM, machine_python
from paredown import sandbox
from paredown.errors import UserError
from paredown.materialise import remove_folder, write_folder
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.runners.interface import Launch, Runner, launch_of
from paredown.runners.sandbox import SandboxRunner
from paredown.tree import Tree, file_of, folder_of

SERVICE = b"""
import http.server, os, signal, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.getuid()}:{os.getgid()} {os.environ['APP_ENV']} {os.getcwd()}".encode())
    def log_message(self, *words):
        print("asked", flush=True)
def end(number, frame):
    print("ended by", number, flush=True)
    sys.exit(5)
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, end)
for place in ("/app/data/x", "/app/x", "/tmp/x"):
    try:
        open(place, "w").close()
        print(place, "written", flush=True)
    except OSError as error:
        print(place, error.errno, flush=True)
http.server.HTTPServer(("0.0.0.0", 9000), Page).serve_forever()
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if reason := sandbox.unavailable():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("image")
    write_folder(machine_python().over(Tree({"app/service.py": file_of(SERVICE), "app/data": folder_of()})), folder)
    yield folder
    remove_folder(folder)


LAUNCH = Launch(
    argv=(PROGRAM, "/app/service.py"), environment=(("APP_ENV", "test"), ("LD_LIBRARY_PATH", LOADED_FROM)), user=10001, group=0,
    working_directory="/app", port=9000, writable=("/tmp", "/app/data"), read_only=True,
)  # fmt: skip


def test_a_service_answers_and_ends_by_its_signal_when_run(root: Path) -> None:
    runner: Runner = SandboxRunner(root)
    with runner.start_service(LAUNCH) as service:
        first = service.wait_until_answers("/", 20)
        assert first is not None
        assert (first.status, first.body) == (200, b"10001:0 test /app")
        assert service.wait(0) is None
        with urllib.request.urlopen(f"http://127.0.0.1:{service.forward(0)}/", timeout=5) as answer:
            assert answer.read() == first.body
        assert service.get("/", 5) == first
        ended = service.stop(10)
    assert ended.status == 5
    assert ended.stdout.splitlines() == [b"/app/data/x written", b"/app/x 30", b"/tmp/x written", b"asked", b"asked", b"asked", b"ended by 15"]


def test_changes_go_to_memory_when_the_root_is_not_read_only(root: Path) -> None:
    with SandboxRunner(root, "INT").start_service(replace(LAUNCH, read_only=False)) as service:
        assert service.wait_until_answers("/", 20)
        ended = service.stop(10)
    assert b"/app/x written" in ended.stdout
    assert b"ended by 2" in ended.stdout
    assert not (root / "app/x").exists()


def test_status_and_words_are_told_when_the_service_dies(root: Path) -> None:
    with SandboxRunner(root).start_service(replace(LAUNCH, argv=(PROGRAM, "-c", "raise SystemExit('no database')"))) as service:
        assert service.wait_until_answers("/", 20) is None
        ended = service.stop(1)
    assert (ended.status, ended.stderr) == (1, b"no database\n")


def test_an_error_says_what_to_write_when_there_is_no_command(root: Path) -> None:
    with pytest.raises(UserError, match="no command"), SandboxRunner(root).start_service(replace(LAUNCH, argv=())):
        pass


def test_an_error_names_the_signal_when_there_is_no_such(root: Path) -> None:
    with pytest.raises(UserError, match="SIGNOPE is not a signal"), SandboxRunner(root, "SIGNOPE").start_service(LAUNCH):
        pass


def test_a_launch_is_what_an_engine_would_do_when_made_of_a_configuration() -> None:
    platform = ImagePlatform(os="linux", architecture="amd64")
    config = ImageConfig(
        platform=platform,
        user="10001:0",
        entrypoint=("/a",),
        command=("b",),
        working_directory="/app",
        ports=("9000/tcp", "8080/tcp"),
        environment=(("A", "b"),),
    )
    launch = launch_of(config, writable=("/data",), read_only=True)
    assert launch == Launch(
        argv=("/a", "b"), environment=(("A", "b"),), user=10001, group=0, working_directory="/app", port=8080, writable=("/tmp", "/data"), read_only=True
    )
    assert launch_of(ImageConfig(platform=platform, user="nobody")).user == 0
