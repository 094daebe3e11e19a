"""A root to run on: this machine's own, of which a sandbox sees all but cannot change anything."""

import os
import sys
from pathlib import Path

import pytest

from paredown import sandbox
from paredown.sandbox import Sandbox

PYTHON = os.path.realpath(sys.executable)


@pytest.fixture
def box() -> Sandbox:
    if reason := sandbox.unavailable():
        pytest.skip(reason)
    return Sandbox(root=Path("/"), environment={"A": "b"})


def python(code: str) -> tuple[str, ...]:
    return (PYTHON, "-I", "-c", code)
