"""An image in the embedded sandbox: its service, programs beside it, what they may write, and that nothing of them stays."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from machine_python import LOADED_FROM, PROGRAM, machine_python
from paredown.errors import UserError, WorldError
from paredown.oci.model import ImageConfig, ImagePlatform
from paredown.runners.interface import Installed, Launch, Runnable, Runner
from paredown.runners.sandbox import SandboxInstalled, SandboxRunner
from paredown.sandbox import wait_until_answers
from paredown.store import Store
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
    os._exit(5)
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, end)
http.server.ThreadingHTTPServer(("0.0.0.0", 80), Page).serve_forever()
"""
WRITES = """
import os
for place in ("/app/data", "/app/open", "/app/open/closed", "/app", "/etc", "/tmp", "/dev/shm", "/dev", "/new"):
    try:
        with open(place + "/x", "a") as file:
            file.write("+")
        print(place, open(place + "/x").read())
    except OSError as error:
        print(place, error.errno)
"""
TREE = {
    "app/service.py": file_of(SERVICE),
    "app/data": folder_of(uid=10001),
    "app/data/known": file_of(b"from the image"),
    "app/open": folder_of(mode=0o777),
    "app/open/closed": folder_of(),
    "app/secret": file_of(b"", mode=0o600),
}
LAUNCH = Launch(
    argv=(PROGRAM, "/app/service.py"), environment=(("APP_ENV", "test"), ("PATH", "/usr/bin"), ("LD_LIBRARY_PATH", LOADED_FROM)), user=10001, group=0,
    working_directory="/app", ports=(80,), writable=("/app/data",),
)  # fmt: skip


def runnable() -> Runnable:
    return Runnable(config=ImageConfig(platform=ImagePlatform(architecture="amd64"), working_directory="/work"), tree=machine_python().over(Tree(TREE)))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def installed(store: Store) -> Iterator[SandboxInstalled]:
    runner = SandboxRunner(store)
    if reason := runner.unavailable():
        pytest.skip(reason)
    with runner.install(runnable()) as made:
        yield made


def code(text: str, **changes: object) -> Launch:
    return replace(LAUNCH, argv=(PROGRAM, "-c", text), **changes)  # type: ignore[arg-type]


def written(output: bytes) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in output.decode().splitlines())


def test_a_service_answers_and_ends_by_its_signal_when_run(store: Store) -> None:
    runner: Runner = SandboxRunner(store)
    if reason := runner.unavailable():
        pytest.skip(reason)
    with runner.install(runnable()) as made, made.machine() as machine, machine.service(LAUNCH) as service:
        first = wait_until_answers(service, 80, "/", timeout=20)
        assert first is not None
        assert (first.status, first.body) == (200, b"10001:0 test /app")
        assert service.wait(0) is None
        end = time.monotonic() + 20
        while not service.output()[0] and time.monotonic() < end:
            time.sleep(0.01)
        assert service.output()[0] == b"asked\n"
        ended = service.stop(10)
        assert service.wait(0) == ended == service.kill()
    assert (ended.status, ended.stdout) == (5, b"asked\nended by 15\n")
    assert runner.name == "sandbox"
    assert list(store.scratch.iterdir()) == []


def test_a_port_of_this_machine_leads_to_the_service_when_forwarded(installed: SandboxInstalled) -> None:
    with installed.machine() as machine, machine.service(LAUNCH) as service:
        assert wait_until_answers(service, 80, "/", timeout=20)
        with urllib.request.urlopen(f"http://127.0.0.1:{service.forward()}/", timeout=5) as answer:
            assert answer.read() == b"10001:0 test /app"


def test_it_starts_again_on_the_same_machine_when_it_was_killed(installed: Installed) -> None:
    with installed.machine() as machine:
        for _ in range(2):
            with machine.service(replace(LAUNCH, stop_signal="2")) as service:
                assert wait_until_answers(service, 80, "/", timeout=20)
                assert service.kill().status == 137
        with machine.service(replace(LAUNCH, stop_signal="INT")) as service:
            assert wait_until_answers(service, 80, "/", timeout=20)
            assert service.stop(10).stdout.endswith(b"ended by 2\n")


def test_machines_do_not_meet_when_they_listen_on_the_same_port(installed: Installed) -> None:
    with installed.machine() as one, installed.machine() as other, one.service(LAUNCH) as service, other.service(LAUNCH) as twin:
        for running in (service, twin):
            assert wait_until_answers(running, 80, "/", timeout=20)
        assert [running.stop(20).stdout.count(b"asked") for running in (service, twin)] == [1, 1]


def test_a_program_runs_beside_the_service_when_executed(installed: Installed) -> None:
    asking = (
        "import os, urllib.request as r; print(r.urlopen('http://localhost/').read().decode(), dict(os.environ), os.readlink('/proc/1/exe'), os.getpid() > 1)"
    )
    with installed.machine() as machine, machine.service(LAUNCH) as service:
        assert wait_until_answers(service, 80, "/", timeout=20)
        ended = service.execute((os.path.basename(PROGRAM), "-c", asking), timeout=20)
        environment = dict(LAUNCH.environment)
        assert (ended.status, ended.stdout.decode()) == (0, f"10001:0 test /app {environment} {PROGRAM} True\n"), ended.stderr
        failed = service.execute((PROGRAM, "-c", "import sys; sys.exit('no')"), timeout=20)
        assert (failed.status, failed.stderr) == (1, b"no\n")
        assert service.execute((PROGRAM, "-c", "import os; os.kill(os.getpid(), 9)"), timeout=20).status == 137
        assert service.execute(("no-such",), timeout=20).status == 127
        assert service.execute(("/app/service.py",), timeout=20).status == 126


def test_an_executed_program_is_gone_when_its_time_is_over(installed: Installed) -> None:
    late = "import os, sys, time\nif os.fork(): print('stuck', file=sys.stderr, flush=True)\ntime.sleep(600)"
    # As in an engine, what was killed stays a zombie until process 1 asks for it.
    count = "import glob; print(sum(') Z ' not in open(name).read() for name in glob.glob('/proc/[0-9]*/stat')))"
    with installed.machine() as machine, machine.service(LAUNCH) as service:
        assert wait_until_answers(service, 80, "/", timeout=20)
        with pytest.raises(WorldError, match=r"did not end within 0\.7 seconds(?s:.)*stuck"):
            service.execute((PROGRAM, "-c", late), timeout=0.7)
        assert service.execute((PROGRAM, "-c", count), timeout=20).stdout == b"2\n"


def test_nothing_is_executed_when_the_service_has_ended(installed: Installed) -> None:
    with installed.machine() as machine, machine.service(code("pass")) as service:
        assert service.wait(20) is not None
        with pytest.raises(ConnectionAbortedError):
            service.execute((PROGRAM, "-c", "pass"), timeout=20)


@pytest.mark.parametrize(("user", "capabilities", "mask"), [(0, True, "00000000a80425fb"), (0, False, "0" * 16), (10001, True, "0" * 16)])
def test_capabilities_are_an_engines_at_most_when_started_or_executed(installed: Installed, user: int, capabilities: bool, mask: str) -> None:
    said = "print([line.split()[1] for line in open('/proc/self/status') if line.startswith(('CapEff', 'CapBnd'))], flush=True)"
    with installed.machine() as machine, machine.service(code(f"{said}; import time; time.sleep(600)", user=user, capabilities=capabilities)) as service:
        ended = service.execute((PROGRAM, "-c", said), timeout=20)
        while not service.output()[0]:
            assert service.wait(0.05) is None
        assert service.output()[0].decode() == ended.stdout.decode() == f"{[mask, mask]}\n"


def test_large_input_reaches_a_program_when_run(installed: Installed) -> None:
    with installed.machine() as machine:
        ended = machine.run(code("import sys; print(len(sys.stdin.buffer.read()))"), stdin=b"x" * 3_000_000, timeout=20)
    assert (ended.status, ended.stdout) == (0, b"3000000\n")


def test_status_and_words_are_told_when_a_program_is_not_there(installed: Installed) -> None:
    with installed.machine() as machine:
        ended = machine.run(replace(LAUNCH, argv=("/no/such",)), timeout=20)
        assert (ended.status, ended.stderr) == (127, b"/no/such cannot be started in the sandbox: No such file or directory\n")
        with machine.service(replace(LAUNCH, argv=("/app/service.py",))) as service:
            assert wait_until_answers(service, 80, "/", timeout=20) is None
            assert service.stop(1).status == service.kill().status == 126


def test_status_and_words_are_told_when_the_service_dies(installed: Installed) -> None:
    with installed.machine() as machine, machine.service(code("raise SystemExit('no database')")) as service:
        assert wait_until_answers(service, 80, "/", timeout=20) is None
        ended = service.stop(1)
    assert (ended.status, ended.stderr) == (1, b"no database\n")


def test_an_error_says_what_to_write_when_there_is_no_command(installed: Installed) -> None:
    with installed.machine() as machine, pytest.raises(UserError, match="no command"), machine.service(replace(LAUNCH, argv=())):
        pass


def test_an_error_names_the_signal_when_there_is_no_such(installed: Installed) -> None:
    with installed.machine() as machine, pytest.raises(UserError, match="SIGNOPE is not a signal"), machine.service(replace(LAUNCH, stop_signal="SIGNOPE")):
        pass


def test_only_what_modes_and_owners_allow_is_written_when_not_root(installed: SandboxInstalled) -> None:
    with installed.machine() as machine:
        owner = written(machine.run(code(WRITES), timeout=20).stdout)
        other = written(machine.run(code(WRITES, user=4711), timeout=20).stdout)
    assert owner == {
        "/app/data": "+", "/app/open": "+", "/app/open/closed": "30", "/app": "30", "/etc": "30", "/tmp": "+", "/dev/shm": "+", "/dev": "30", "/new": "2",
    }  # fmt: skip
    assert other == {**owner, "/app/data": "30", "/app/open": "++"}
    assert not (installed.root / "app/data/x").exists()


def test_everything_is_written_and_forgotten_but_for_kept_folders_when_root(installed: SandboxInstalled) -> None:
    with installed.machine() as machine:
        for kept in ("+", "++"):
            found = written(machine.run(code(WRITES, user=0), timeout=20).stdout)
            assert found == {
                "/app/data": kept, "/app/open": "+", "/app/open/closed": "+", "/app": "+", "/etc": "+", "/tmp": "+", "/dev/shm": "+", "/dev": "+", "/new": "2",
            }  # fmt: skip
    assert not (installed.root / "etc/x").exists()


@pytest.mark.parametrize("user", [0, 10001])
def test_only_kept_folders_and_memory_are_written_when_the_root_is_read_only(installed: Installed, user: int) -> None:
    with installed.machine() as machine:
        found = written(machine.run(code(WRITES, user=user, read_only=True, capabilities=False), timeout=20).stdout)
    assert {place for place, said in found.items() if said == "+"} - {"/dev"} == ({"/tmp", "/dev/shm"} | ({"/app/data"} if user else set()))


def test_kept_folders_are_shared_and_stay_when_the_service_starts_again(installed: Installed) -> None:
    look = "import os; print(sorted(os.listdir('/app/data')), open('/app/data/known').read(), flush=True)"
    with installed.machine() as machine:
        with machine.service(code("open('/app/data/mine', 'w'); import time; time.sleep(600)", read_only=True)) as service:
            while b"mine" not in (ended := machine.run(code(look), timeout=20)).stdout:
                assert service.wait(0.05) is None
        again = machine.run(code(look, read_only=True), timeout=20)
    assert again.stdout == ended.stdout == b"['known', 'mine'] from the image\n"
    with installed.machine() as machine:
        assert machine.run(code(look), timeout=20).stdout == b"['known'] from the image\n"


def test_a_secret_is_closed_when_it_is_another_users(installed: Installed) -> None:
    look = "print(open('/app/secret').read())"
    with installed.machine() as machine:
        assert b"Permission denied: '/app/secret'" in machine.run(code(look), timeout=20).stderr
        assert machine.run(code(look, user=0), timeout=20).status == 0


def test_names_are_known_or_refused_at_once_when_looked_up(installed: Installed) -> None:
    look = """
import os, socket, time
print(socket.gethostbyname("localhost"), socket.gethostbyname(socket.gethostname()), os.path.ismount("/dev/shm"))
begun = time.monotonic()
try:
    socket.getaddrinfo("example.org", 80)
except OSError:
    print(time.monotonic() - begun < 3)
"""
    with installed.machine() as machine:
        assert machine.run(code(look), timeout=20).stdout == b"127.0.0.1 127.0.0.1 True\nTrue\n"


def descendants(parent: int) -> list[int]:
    """The machine's processes below `parent`."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            children.setdefault(int(status.read_text().rpartition(")")[2].split()[1]), []).append(int(status.parent.name))
        except OSError:
            continue
    found = [parent]
    for process in found:
        found += children.get(process, [])
    return found[1:]


def alive(processes: list[int]) -> list[int]:
    return [process for process in processes if Path(f"/proc/{process}/exe").exists() or os.path.lexists(f"/proc/{process}/exe")]


def left(processes: list[int], expected: int) -> list[int]:
    """Those of `processes` that live on, once there are no more than `expected`, or after five seconds: the kernel ends killed ones in its own time."""
    end = time.monotonic() + 5
    while len(alive(processes)) > expected and time.monotonic() < end:
        time.sleep(0.02)
    return alive(processes)


STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        break
print("up", flush=True)
while True:
    os.write(2, b"x" * 65536)
"""


def test_nothing_is_left_when_a_flooding_forking_deaf_service_is_stopped(installed: Installed) -> None:
    with installed.machine() as machine:
        with machine.service(code(STUBBORN)) as service:
            while service.output()[0].count(b"up") < 4:
                assert service.wait(0.05) is None
            processes = descendants(os.getpid())
            ended = service.stop(0.3)
            assert ended.status == 137
            assert len(ended.stderr) < 9 << 20
        assert len(left(processes, 1)) == 1  # the network's
    assert left(processes, 0) == []


STARTER = """
import sys, time
sys.path[:0] = {path!r}
from pathlib import Path
from unit.runners.test_sandbox import STUBBORN, code, runnable
from paredown.origin import Origin
from paredown.plan import Companion
from paredown.runners.sandbox import SandboxRunner
from paredown.store import Store
companion = Companion(name="other", command=({python!r}, "-m", "http.server", "7000"), ports=(7000,), origin=Origin("test"))
with SandboxRunner(Store(Path({store!r}))).install(runnable()) as made, made.machine((companion,)) as machine, machine.service(code(STUBBORN)) as service:
    while service.output()[0].count(b"up") < 4:
        service.wait(0.05)
    service.forward()
    print("running", flush=True)
    service.execute(({program!r}, "-c", "import time; time.sleep(600)"), timeout=600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_starting_process_is_ended(installed: Installed, tmp_path: Path, number: signal.Signals) -> None:
    words = STARTER.format(path=sys.path, python=os.path.realpath(sys.executable), program=PROGRAM, store=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"running\n"
        end = time.monotonic() + 20
        while len(processes := descendants(starter.pid)) < 10 and time.monotonic() < end:
            time.sleep(0.05)
        if len(processes) != 10:
            starter.kill()
        assert len(processes) == 10  # one of the network, two of the companion, five of the service, two that execute
        starter.send_signal(number)
        starter.wait(30)
    end = time.monotonic() + 10
    while alive(processes) and time.monotonic() < end:
        time.sleep(0.05)
    assert alive(processes) == []
    mounts = Path("/proc/self/mounts").read_text()
    assert str(tmp_path) not in mounts
