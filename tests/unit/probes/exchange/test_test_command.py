import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from paredown.errors import UserError
from paredown.probes.exchange.test_command import run_test

URL = "http://127.0.0.1:4711"


def ran(folder: Path, program: str, *words: str, timeout: float = 20) -> Any:
    return run_test(URL, (sys.executable, "-c", program, *words), folder, {"PATH": "/usr/bin:/bin", "TOKEN": "t"}, timeout).value


def test_url_environment_and_folder_reach_the_command_when_it_runs(tmp_path: Path) -> None:
    value = ran(tmp_path, "import os, sys; print('ok', sys.argv[1:], os.environ['TOKEN'], os.path.basename(os.getcwd())); sys.exit(3)", "--at={url}/x")
    assert value == {"status": 3, "lines": [f"ok ['--at={{url}}/x'] t {tmp_path.name}"]}


def test_lines_are_alike_when_only_times_and_order_differ(tmp_path: Path) -> None:
    one = ran(tmp_path, "print('tests/a PASSED [ 50%]\\n\\x1b[32mtests/b PASSED\\x1b[0m [100%]\\n2 passed in 0.52s\\nanything else 17')")
    other = ran(tmp_path, "print('[gw1] tests/b PASSED\\n[gw0] tests/a PASSED\\n2 passed in 1.5 seconds')")
    assert one == other == {"status": 0, "lines": ["2 passed in {time}", "tests/a PASSED", "tests/b PASSED"]}


def test_lines_differ_when_a_test_fails(tmp_path: Path) -> None:
    assert ran(tmp_path, "print('not ok 1')") != ran(tmp_path, "print('ok 1')")


def test_command_and_its_children_are_ended_when_they_take_too_long(tmp_path: Path) -> None:
    program = "import subprocess, sys, time; p = subprocess.Popen(['sleep', '60']); open('pid', 'w').write(str(p.pid)); time.sleep(60)"
    began = time.monotonic()
    assert ran(tmp_path, program, timeout=1)["status"] == "not ended within 1 s"
    assert time.monotonic() - began < 10
    child = int((tmp_path / "pid").read_text())
    for _ in range(100):
        if not _runs(child):
            break
        time.sleep(0.05)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_error_names_the_command_when_it_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no-such-program cannot be started"):
        run_test(URL, ("no-such-program",), tmp_path, {"PATH": "/nowhere"}, 5)
