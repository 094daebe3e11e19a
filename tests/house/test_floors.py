"""The floors are kept: import-linter's contracts in pyproject.toml hold."""

import subprocess
import sys
from pathlib import Path

import sources


def test_imports_go_only_to_floors_below() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    finished = subprocess.run([str(lint), "--no-cache"], cwd=sources.ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
