"""The generated pages are what the code says today."""

import subprocess
import sys

import sources


def test_generated_pages_are_fresh() -> None:
    finished = subprocess.run([sys.executable, "tools/docs.py", "--check"], cwd=sources.ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
