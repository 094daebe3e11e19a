import subprocess
import sys
import time

import pytest

from paredown.runners.programs import watchdog

# Has one container until it is removed.
FAKE = """#!/bin/sh
printf '%s\\n' "$*" >> {folder}/calls
case "$1" in
  ps) [ -e {folder}/removed ] || echo box;;
  rm) touch {folder}/removed;;
esac
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "engine"
    path.write_text(FAKE.format(folder=tmp_path))
    path.chmod(0o755)
    return str(path)


def started(program):
    return subprocess.Popen([sys.executable, "-I", "-S", watchdog.__file__, program, "r1", "rm", "--force"], stdin=subprocess.PIPE)


def test_containers_of_the_run_are_removed(program, tmp_path):
    assert watchdog.sweep(program, "r1", ["rm", "--force"], {})
    assert "rm --force box" in (tmp_path / "calls").read_text().splitlines()
    assert not watchdog.sweep(program, "r1", ["rm", "--force"], {})


def test_the_watchdog_removes_all_when_the_run_dies(program, tmp_path):
    process = started(program)
    process.stdin.close()
    try:
        last = time.monotonic() + 10
        while not (tmp_path / "removed").exists() and time.monotonic() < last:
            time.sleep(0.05)
        assert (tmp_path / "removed").exists()
    finally:
        process.kill()
        process.wait()


def test_the_watchdog_does_nothing_when_all_went_in_order(program, tmp_path):
    process = started(program)
    process.communicate(b"done", timeout=10)
    assert process.returncode == 0
    assert not (tmp_path / "calls").exists()


def test_the_watchdog_outlives_what_ends_the_run(program):
    process = started(program)
    time.sleep(0.5)
    for number in (2, 15, 1):
        process.send_signal(number)
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
    finally:
        process.communicate(b"done", timeout=10)
