"""Programs in the sandbox: what they see, what they cannot do, and that nothing of them stays."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from paredown.errors import WorldError
from paredown.sandbox import Bind, Sandbox, run, start
from unit.sandbox.conftest import python

STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) < 2:
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            break
print(os.readlink("/proc/self/ns/pid"), flush=True)
time.sleep(600)
"""


def output(box: Sandbox, code: str) -> str:
    finished = run(box, python(code), timeout=20)
    assert finished.status == 0, finished.stderr.decode()
    return finished.stdout.decode().strip()


def inhabitants(namespace: str) -> list[int]:
    """The machine's processes that live in the pid namespace with this name."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "ns/pid") == namespace:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def namespace_of(path: Path, lines: int = 4) -> str:
    end = time.monotonic() + 10
    while path.read_text().count("\n") < lines and time.monotonic() < end:
        time.sleep(0.01)
    return path.read_text().split("\n")[0]


def gone(namespace: str) -> bool:
    end = time.monotonic() + 5
    while inhabitants(namespace) and time.monotonic() < end:
        time.sleep(0.02)
    return not inhabitants(namespace)


def test_status_and_output_are_told_when_a_program_ends(box: Sandbox) -> None:
    finished = run(box, python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"), timeout=20)
    assert (finished.status, finished.stdout, finished.stderr) == (7, b"out\n", b"err\n")


def test_status_is_128_and_the_signal_when_a_program_is_killed(box: Sandbox) -> None:
    assert run(box, python("import os; os.kill(os.getpid(), 9)"), timeout=20).status == 137


def test_environment_is_only_what_was_given_when_started(box: Sandbox) -> None:
    inside = eval(output(box, "import os; print(dict(os.environ))"))
    inside.pop("PWD")
    inside.pop("LC_CTYPE", None)  # Python's own, where no locale is set
    assert inside == {"A": "b"}


def test_environment_is_hidden_from_other_users_when_running(box: Sandbox) -> None:
    with start(replace(box, environment={"TOKEN": "hidden-value"}), python("print(flush=True); import time; time.sleep(60)")) as running:
        namespace_of(running.stdout, 1)
        everything = b"".join(path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
    assert b"hidden-value" not in everything


@pytest.mark.parametrize(("uid", "gid"), [(0, 0), (10001, 0), (12345, 12345)])
def test_user_and_group_are_those_asked_for_when_started(box: Sandbox, uid: int, gid: int) -> None:
    assert output(replace(box, uid=uid, gid=gid), "import os; print(os.getuid(), os.getgid())") == f"{uid} {gid}"


def test_capabilities_are_none_when_the_user_is_not_root(box: Sandbox) -> None:
    said = output(replace(box, uid=10001), "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('Cap')])")
    assert set(eval(said)) == {"0" * 16}


def test_processes_of_the_machine_are_unseen_when_inside(box: Sandbox) -> None:
    said = output(box, "import os; print([p for p in os.listdir('/proc') if p.isdigit()])")
    assert len(eval(said)) <= 2


def test_root_is_read_only_and_tmp_is_not_when_started(box: Sandbox) -> None:
    code = """
import os
for place in ("/", "/usr", "/etc", "/tmp", "/dev/shm"):
    try:
        os.mkdir(place + "/paredown-new"); print(place, "yes")
    except OSError as error:
        print(place, error.errno)
"""
    assert output(box, code).split("\n") == ["/ 30", "/usr 30", "/etc 30", "/tmp yes", "/dev/shm yes"]


def small_root(folder: Path) -> Path:
    """A root of links and folders; programs come from the machine's /usr."""
    for name in ("usr", "etc", "data"):
        (folder / name).mkdir()
    (folder / "etc/known").write_text("below")
    for name in ("bin", "lib", "lib64"):
        (folder / name).symlink_to(f"usr/{name}")
    return folder


def on_small_root(box: Sandbox, folder: Path) -> Sandbox:
    binds = [Bind(Path("/usr"), "/usr")]
    if not sys.base_prefix.startswith("/usr"):
        binds.append(Bind(Path(sys.base_prefix), sys.base_prefix))
    return replace(box, root=small_root(folder), binds=tuple(binds))


def test_changes_are_seen_inside_and_kept_out_of_the_root_when_there_is_an_overlay(box: Sandbox, tmp_path: Path) -> None:
    inner = replace(on_small_root(box, tmp_path), overlay=True)
    code = "open('/etc/known', 'a').write('+'); open('/new', 'w'); print(open('/etc/known').read())"
    assert output(inner, code) == "below+"
    assert (tmp_path / "etc/known").read_text() == "below"
    assert sorted(os.listdir(tmp_path)) == ["bin", "data", "etc", "lib", "lib64", "usr"]


def test_files_and_binds_are_laid_over_a_read_only_root_when_their_places_are_missing(box: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "given").mkdir()
    (tmp_path / "given/f").write_text("bound")
    inner = on_small_root(box, tmp_path / "root")
    binds = (*inner.binds, Bind(tmp_path / "given", "/var/given"), Bind(tmp_path / "given", "/data/deep", writable=True))
    inner = replace(inner, binds=binds, files=(("/etc/hosts", b"127.0.0.1 localhost\n"), ("/top/file", b"t")))
    code = """
print(open('/etc/hosts').read(), open('/top/file').read(), open('/var/given/f').read())
open('/data/deep/written', 'w').write('x')
for place in ('/var/given/no', '/etc/no', '/top/no'):
    try:
        open(place, 'w')
    except OSError as error:
        print(error.errno)
"""
    assert output(inner, code).split() == ["127.0.0.1", "localhost", "t", "bound", "30", "30", "30"]
    assert (tmp_path / "given/written").read_text() == "x"
    assert sorted(os.listdir(tmp_path / "root/etc")) == ["known"]


def test_a_link_in_the_root_leads_no_mount_out_when_it_points_to_the_machine(box: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "outside").mkdir()
    inner = on_small_root(box, tmp_path / "root")
    (tmp_path / "root/trap").symlink_to(tmp_path / "outside")
    assert output(replace(inner, files=(("/trap/x", b"x"),)), f"print(open('{tmp_path}/outside/x').read())") == "x"
    assert list((tmp_path / "outside").iterdir()) == []


def test_an_error_names_the_program_when_it_is_not_there(box: Sandbox) -> None:
    with pytest.raises(WorldError, match=r"/no/such cannot be started in the sandbox: No such file or directory"):
        run(box, ("/no/such",), timeout=20)


def test_an_error_says_so_when_a_bind_has_no_source(box: Sandbox) -> None:
    with pytest.raises(WorldError, match="the sandbox cannot be set up"):
        run(replace(box, binds=(Bind(Path("/no/such"), "/data"),)), python(""), timeout=20)


def test_an_error_shows_the_last_words_when_the_time_is_over(box: Sandbox) -> None:
    begun = time.monotonic()
    with pytest.raises(WorldError, match=r"did not end within 0\.5 seconds(?s:.)*last words"):
        run(box, python("import sys, time; print('last words', file=sys.stderr, flush=True); time.sleep(600)"), timeout=0.5)
    assert time.monotonic() - begun < 10


def test_a_flood_of_output_is_cut_in_its_middle_when_too_long(box: Sandbox) -> None:
    code = "import sys\nprint('first')\nfor _ in range(400): sys.stdout.write('x' * 99999 + chr(10))\nprint('last')"
    finished = run(box, python(code), timeout=60)
    assert finished.status == 0
    assert len(finished.stdout) < 9 << 20
    assert finished.stdout.startswith(b"first\n")
    assert finished.stdout.endswith(b"last\n")
    assert b"bytes left out" in finished.stdout


def test_children_that_stay_are_ended_when_the_program_ends(box: Sandbox) -> None:
    code = "import os, time\nprint(os.readlink('/proc/self/ns/pid'), flush=True)\nif os.fork() == 0:\n    os.setsid(); time.sleep(600)"
    assert gone(output(box, code))


def test_nothing_is_left_when_an_exception_leaves_the_context(box: Sandbox) -> None:
    def interrupted() -> None:
        nonlocal namespace
        with start(box, python(STUBBORN)) as running:
            namespace = namespace_of(running.stdout)
            assert len(inhabitants(namespace)) == 4
            raise KeyboardInterrupt

    namespace = ""
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert inhabitants(namespace) == []


def test_nothing_is_left_when_the_starting_process_is_killed(box: Sandbox, tmp_path: Path) -> None:
    script = tmp_path / "starter.py"
    script.write_text(
        f"from pathlib import Path\nfrom paredown.sandbox import Sandbox, start\nimport time\n"
        f"with start(Sandbox(root=Path('/'), environment={{}}), {python(STUBBORN)!r}) as running:\n"
        f"    while running.stdout.read_text().count(chr(10)) < 4: time.sleep(0.01)\n"
        f"    try:\n        running.connect(9)\n    except OSError:\n        pass\n"
        f"    print(running.stdout.read_text().split(chr(10))[0], flush=True)\n    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": ":".join(sys.path)}) as starter:
        assert starter.stdout is not None
        namespace = starter.stdout.readline().strip()
        assert inhabitants(namespace)
        starter.send_signal(signal.SIGKILL)
    assert gone(namespace)


def test_a_service_is_process_1_and_ends_by_its_own_handler_when_stopped(box: Sandbox) -> None:
    code = "import os, signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(3))\nprint(os.getpid(), flush=True)\ntime.sleep(600)"
    with start(box, python(code)) as running:
        assert namespace_of(running.stdout, 1) == "1"
        assert running.wait(0) is None
        assert running.stop(grace=10) == 3
        assert running.output() == (b"1\n", b"")


def test_a_service_is_killed_when_it_ignores_the_request_to_stop(box: Sandbox) -> None:
    with start(box, python(STUBBORN)) as running:
        namespace = namespace_of(running.stdout)
        assert running.stop(grace=0.2) == 137
        assert inhabitants(namespace) == []
