import os
import subprocess
import sys

from paredown.runners.programs import end_marked


def test_only_processes_with_the_mark_are_ended(tmp_path):
    sleep = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"]
    marked = subprocess.Popen(sleep, env={**os.environ, "MARK": f"1-{os.getpid()}"})
    other = subprocess.Popen(sleep, env={**os.environ, "MARK": f"12-{os.getpid()}"})
    try:
        subprocess.run([sys.executable, "-I", "-S", end_marked.__file__, f"MARK=1-{os.getpid()}"], check=True, timeout=30)
        assert marked.wait(10) == -9
        assert other.poll() is None
    finally:
        for process in (marked, other):
            process.kill()
            process.wait()
