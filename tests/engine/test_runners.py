"""The contract of a runner, kept by Docker and by Podman, with a service that this machine's own Python runs."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from builders import tree_of
from image_layers import packed
from machine_python import LOADED_FROM, PROGRAM, machine_python
from paredown.composers.build_root import host_architecture
from paredown.errors import WorldError
from paredown.oci import engine as engines
from paredown.oci import layout
from paredown.oci.assemble import image_of, image_set
from paredown.oci.layout_reader import read
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.origin import Origin
from paredown.plan import Companion
from paredown.runners.engine import EngineInstalled, EngineRunner
from paredown.runners.engine_machine import EngineMachine, EngineService
from paredown.runners.interface import Launch, Runnable
from paredown.store import Store
from paredown.tree import Tree, folder_of

SERVICE = b"""
import http.server, json, os, pathlib, signal, socket, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        kept = pathlib.Path("/data/kept")
        kept.write_text((kept.read_text() if kept.exists() else "") + "x")
        told = {"user": os.getuid(), "environment": dict(os.environ), "kept": len(kept.read_text()), "pid": os.getpid()}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())
    def log_message(self, *words):
        print("asked", flush=True)

def end(*_):
    print("in order", file=sys.stderr, flush=True)
    os._exit(3)

signal.signal(signal.SIGTERM, end)
print("started", file=sys.stderr, flush=True)
http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
"""
ECHO = """
import socket
with socket.create_server(("0.0.0.0", 7000)) as listener:
    while True:
        with listener.accept()[0] as accepted:
            accepted.sendall(b"echo " + accepted.recv(100))
"""
VARIABLES = (("PATH", "/usr/bin"), ("LD_LIBRARY_PATH", LOADED_FROM))
LAUNCH = Launch(
    argv=(PROGRAM, "/app/service.py"), environment=(*VARIABLES, ("TOKEN", "two\nlines")), user=10001, working_directory="/app", writable=("/data",),
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runners")


@pytest.fixture(scope="module")
def store(folder: Path) -> Store:
    return Store(folder / "store")


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree({**machine_python(), **tree_of({"app/service.py": SERVICE}), "data": folder_of(mode=0o777)}).with_parents()


def written(tree: Tree, path: Path, store: Store, reference: str, command: tuple[str, ...]) -> None:
    """Write an image of `tree` to `path`."""
    platform = ImagePlatform(architecture=host_architecture().value)
    config = ImageConfig(platform=platform, created="1970-01-01T00:00:00Z", environment=VARIABLES, command=command)
    path.unlink(missing_ok=True)
    layout.write_tar(image_set([image_of(config, [("all", packed(tree, store))])], reference=reference), path, store)


@pytest.fixture(scope="module")
def image(folder: Path, store: Store, tree: Tree) -> Runnable:
    """The service's image in a file."""
    path = folder / "service.tar"
    written(tree, path, store, "paredown-runners:service", LAUNCH.argv)
    return Runnable(config=read(path)[0].config, tree=tree, path=path)


@pytest.fixture(scope="module")
def installed(runner: EngineRunner, image: Runnable) -> Iterator[EngineInstalled]:
    with runner.install(image) as found:
        yield found


@pytest.fixture(scope="module")
def machine(installed: EngineInstalled) -> Iterator[EngineMachine]:
    with installed.machine() as found:
        yield found


def asked(service: EngineService, port: int = 8000) -> dict[str, object]:
    """The answer to GET /, as soon as there is one."""
    last = time.monotonic() + 60
    while True:
        try:
            stream = service.connect(port)
            break
        except OSError:
            assert service.wait(0) is None, service.output()
            assert time.monotonic() < last, service.output()
            time.sleep(0.05)
    connection = http.client.HTTPConnection("service")
    connection.sock = stream
    connection.request("GET", "/", headers={"Connection": "close"})
    found: dict[str, object] = json.loads(connection.getresponse().read())
    return found


def python(machine: EngineMachine, code: str, launch: Launch = LAUNCH, stdin: bytes = b"") -> str:
    """What `code` prints in a fresh container."""
    ended = machine.run(replace(launch, argv=(PROGRAM, "-c", code)), stdin=stdin, timeout=60)
    assert ended.status == 0, ended
    return ended.stdout.decode()


def left_over(runner: EngineRunner, run: str) -> list[str]:
    """What the engine still has of a run: containers, volumes, images."""
    program = engines.engine_named(runner.name, runner.environment).program
    found = []
    for words in (("ps", "-aq", "--filter", f"label=org.paredown.run={run}"), ("volume", "ls", "-q", "--filter", f"label=org.paredown.run={run}")):
        found += subprocess.run([program, *words], env=dict(runner.environment), capture_output=True, text=True, check=True).stdout.split()
    names = subprocess.run([program, "images", "--format", "{{.Repository}}"], env=dict(runner.environment), capture_output=True, text=True, check=True)
    return found + [name for name in names.stdout.split() if run in name]


def test_a_service_answers_as_the_user_and_in_the_environment_of_its_launch(machine: EngineMachine) -> None:
    with machine.service(LAUNCH) as service:
        told = asked(service)
        assert (told["user"], told["pid"]) == (10001, 1)
        assert told["environment"]["TOKEN"] == "two\nlines"  # type: ignore[index]
        with pytest.raises(ConnectionRefusedError):
            service.connect(8001)


def test_standard_output_and_error_are_kept_apart_until_the_end(machine: EngineMachine) -> None:
    with machine.service(LAUNCH) as service:
        asked(service)
        ended = service.stop(20)
    assert (ended.status, ended.stdout, ended.stderr) == (3, b"asked\n", b"started\nin order\n")


def test_a_service_that_ignores_the_signal_is_killed_after_its_grace(machine: EngineMachine) -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    with machine.service(replace(LAUNCH, argv=(PROGRAM, "-c", stubborn))) as service:
        last = time.monotonic() + 30
        while not service.output()[0] and time.monotonic() < last:
            time.sleep(0.05)
        assert service.stop(0.5).status == 137


def test_writable_folders_outlive_a_killed_service(installed: EngineInstalled) -> None:
    with installed.machine() as machine:
        with machine.service(LAUNCH) as service:
            assert asked(service)["kept"] == 1
            assert service.kill().status == 137
            with pytest.raises(OSError, match="port 8000"):
                service.connect(8000)
        with machine.service(LAUNCH) as service:
            assert asked(service)["kept"] == 2
    with installed.machine() as other, other.service(LAUNCH) as service:
        assert asked(service)["kept"] == 1


def test_a_program_runs_beside_the_service(machine: EngineMachine) -> None:
    with machine.service(LAUNCH) as service:
        ended = service.execute((PROGRAM, "-c", "import os, sys; print(os.getuid(), os.getcwd(), os.environ['TOKEN']); sys.exit(4)"), timeout=30)
        assert (ended.status, ended.stdout) == (4, b"10001 /app two\nlines\n")
        missing = service.execute(("missing",), timeout=30)
        assert (missing.status, missing.stderr) == (127, b"missing cannot be started: No such file or directory\n")


def test_a_program_that_takes_too_long_is_ended(machine: EngineMachine) -> None:
    sleeping = f"import subprocess, time; subprocess.Popen([{PROGRAM!r}, '-c', 'import time; time.sleep(71)']); time.sleep(72)"
    counting = "import pathlib; print(sum(b'sleep(7' in path.read_bytes() for path in pathlib.Path('/proc').glob('[0-9]*/cmdline')) - 1)"
    with machine.service(LAUNCH) as service:
        with pytest.raises(WorldError, match="did not end within 2 seconds"):
            service.execute((PROGRAM, "-c", sleeping), timeout=2)
        assert service.execute((PROGRAM, "-c", counting), timeout=30).stdout == b"0\n"


def test_a_program_gets_its_input_and_ends_with_its_status(machine: EngineMachine) -> None:
    content = os.urandom(3_000_000)
    code = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()); sys.stderr.write('said'); sys.exit(5)"
    ended = machine.run(replace(LAUNCH, argv=(PROGRAM, "-c", code)), stdin=content, timeout=60)
    assert (ended.status, ended.stdout == content, ended.stderr) == (5, True, b"said")


def test_a_program_that_is_not_there_ends_as_in_a_shell(machine: EngineMachine) -> None:
    ended = machine.run(replace(LAUNCH, argv=("/nowhere",)), timeout=60)
    assert (ended.status, ended.stderr) == (127, b"/nowhere cannot be started: No such file or directory\n")


def test_a_flood_of_output_is_cut_in_the_middle(machine: EngineMachine) -> None:
    flood = "import os\nfor _ in range(2000): os.write(1, b'x' * 10000)\nos.write(1, b'the end')"
    ended = machine.run(replace(LAUNCH, argv=(PROGRAM, "-c", flood)), timeout=60)
    assert ended.stdout.endswith(b"the end")
    assert b"bytes left out" in ended.stdout
    assert len(ended.stdout) < 10_000_000


def test_a_read_only_root_leaves_tmp_shm_and_the_kept_folders(machine: EngineMachine) -> None:
    trying = """
for folder in ("/tmp", "/dev/shm", "/data", "/app", "/run", "/var/tmp", "/"):
    try: open(folder + "/new", "w").close(); print(folder)
    except OSError: pass
"""
    assert python(machine, trying, replace(LAUNCH, read_only=True, user=0)).split() == ["/tmp", "/dev/shm", "/data"]


def test_any_user_id_without_capabilities_has_none(machine: EngineMachine) -> None:
    reading = "import os; print(os.getuid(), [line.split()[1] for line in open('/proc/self/status') if line.startswith(('CapEff', 'CapBnd', 'NoNewPrivs'))])"
    bare = replace(LAUNCH, user=54321, capabilities=False)
    assert python(machine, reading, bare) == "54321 ['0000000000000000', '0000000000000000', '1']\n"


def test_there_is_no_way_out_to_another_network(machine: EngineMachine) -> None:
    trying = """
import os, socket
print(sorted(os.listdir("/sys/class/net")))
for address in ("192.0.2.1", "10.0.0.1", "172.17.0.1", "169.254.169.254"):
    try: socket.create_connection((address, 80), timeout=3); print("reached", address)
    except OSError as error: print(error.errno)
"""
    assert python(machine, trying).splitlines() == ["['lo']", "101", "101", "101", "101"]


def test_a_program_reaches_the_service_and_its_own_name(machine: EngineMachine) -> None:
    with machine.service(LAUNCH) as service:
        asked(service)
        reading = "import socket; socket.create_connection((socket.gethostname(), 8000)); print('reached')"
        assert python(machine, reading) == "reached\n"


@pytest.fixture
def companion(runner: EngineRunner, folder: Path, store: Store, tree: Tree) -> Iterator[Companion]:
    """An image in the engine that answers on port 7000."""
    path = folder / f"companion-{runner.name}.tar"
    written(tree, path, store, "paredown-runners:companion", (PROGRAM, "-c", ECHO))
    engine = engines.engine_named(runner.name, runner.environment)
    reference = engines.load(path, engine, runner.environment)
    yield Companion(name="stock", image=reference, ports=(7000,), origin=Origin("pyproject.toml", 1))
    subprocess.run([engine.program, "rmi", "--force", reference], env=dict(runner.environment), capture_output=True, check=True)


def test_a_companion_is_up_and_reached_by_its_name(installed: EngineInstalled, companion: Companion) -> None:
    with installed.machine((companion,)) as machine:
        asking = "import socket\nwith socket.create_connection(('stock', 7000)) as c: c.sendall(b'hello'); print(c.recv(100).decode())"
        assert python(machine, asking) == "echo hello\n"
        with machine.service(LAUNCH) as service:
            asked(service)
            assert service.execute((PROGRAM, "-c", asking), timeout=30).stdout == b"echo hello\n"


def test_a_companion_that_dies_is_told_with_its_last_words(installed: EngineInstalled, companion: Companion) -> None:
    mute = replace(companion, environment=(("PYTHONHOME", "/nowhere"),))
    with pytest.raises(WorldError, match=r"the companion stock .* ended with status 1; it said last:(.|\n)*/nowhere"), installed.machine((mute,)):
        pass


def test_ten_megabytes_and_fifty_connections_pass(machine: EngineMachine) -> None:
    counting = """
import socket, threading
def count(accepted):
    with accepted:
        total = 0
        while piece := accepted.recv(1 << 16): total += len(piece)
        accepted.sendall(b"%d " % total + b"y" * total)
listener = socket.create_server(("127.0.0.1", 8000), backlog=100)
while True: threading.Thread(target=count, args=(listener.accept()[0],), daemon=True).start()
"""
    with machine.service(replace(LAUNCH, argv=(PROGRAM, "-c", counting))) as service:
        last = time.monotonic() + 30
        while True:
            try:
                first = service.connect(8000)
                break
            except ConnectionRefusedError:
                assert time.monotonic() < last
        others = [service.connect(8000) for _ in range(49)]
        for other in others:
            other.sendall(b"x" * 1000)
            other.shutdown(socket.SHUT_WR)
        first.sendall(b"x" * (10 << 20))
        first.shutdown(socket.SHUT_WR)
        answers = [b"".join(iter(lambda c=c: c.recv(1 << 16), b"")) for c in (first, *others)]  # type: ignore[misc]
        assert answers[0] == b"%d " % (10 << 20) + b"y" * (10 << 20)
        assert answers[1:] == [b"1000 " + b"y" * 1000] * 49
        for connection in (first, *others):
            connection.close()


def test_an_image_saved_by_its_reference_is_the_one_that_was_loaded(runner: EngineRunner, companion: Companion, image: Runnable, tmp_path: Path) -> None:
    assert engines.engine_holding(companion.image, runner.environment).name == runner.name
    store = Store(tmp_path)  # what was saved is there as long as it is
    path = engines.save(companion.image, engines.engine_named(runner.name, runner.environment), runner.environment, store)
    (found,) = read(path)
    assert found.config.diff_ids == image.config.diff_ids
    assert found.config.command[-1] == ECHO


def interrupted(runner: EngineRunner, image: Runnable, runs: list[str]) -> None:
    """A service that is running when the user presses Ctrl-C; its run goes to `runs`."""
    with runner.install(image) as installed, installed.machine() as machine, machine.service(LAUNCH):
        runs.append(installed.installation.client.run)
        assert left_over(runner, runs[0])
        raise KeyboardInterrupt


def test_nothing_is_left_when_the_user_interrupts(runner: EngineRunner, image: Runnable) -> None:
    runs: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted(runner, image, runs)
    assert left_over(runner, runs[0]) == []


KILLED = """
import json, sys, time, pathlib
from paredown.oci.layout_reader import read
from paredown.runners.engine import engine_runner
from paredown.runners.interface import Launch, Runnable
from builders import tree_of
name, environment, scratch, path, program = json.loads(sys.argv[1])
runner = engine_runner(name, environment, pathlib.Path(scratch))
tree = tree_of({program[1:] + "*": b"", "usr/lib/python3.13/os.py": b""})
launch = Launch(argv=(program, "-c", "import time; time.sleep(300)"), writable=("/data",))
with runner.install(Runnable(config=read(pathlib.Path(path))[0].config, tree=tree, path=pathlib.Path(path))) as installed, installed.machine() as machine:
    with machine.service(launch):
        print(installed.installation.client.run, flush=True)
        time.sleep(300)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_paredown_is_killed(number: signal.Signals, runner: EngineRunner, image: Runnable) -> None:
    told = json.dumps([runner.name, dict(runner.environment), str(runner.scratch), str(image.path), PROGRAM])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", KILLED, told], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        run = process.stdout.readline().strip()
        if not run:
            pytest.fail(process.stderr.read())
        assert left_over(runner, run)
        process.send_signal(number)
        process.wait(60)
    last = time.monotonic() + 30
    while (found := left_over(runner, run)) and time.monotonic() < last:
        time.sleep(0.5)
    assert found == []
