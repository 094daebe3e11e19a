"""The images that Dockerfiles start from can be had: pulled, or made of Debian packages."""

import os
import subprocess
import sys
from pathlib import Path

from engines import Engine

ROOT = Path(__file__).resolve().parents[2]
UV, PYTHON = "ghcr.io/astral-sh/uv:0.13.8", "python:3.13-slim"
DOCKERFILE = f"""\
FROM {PYTHON}
COPY --from={UV} /uv /usr/local/bin/
RUN uv --version && pip --version && python -m venv /opt/venv
RUN python -c "import importlib.metadata as m; assert m.files('pip')"
RUN test -d "$HOME" && test -f "$(python -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h"
"""


def test_dockerfile_finds_its_bases(docker: Engine, mmdebstrap: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "benchmarks.stand_ins", PYTHON, UV]
    made = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert made.returncode == 0, made.stderr
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    words = [docker.program, "build", "--quiet", str(tmp_path)]
    built = subprocess.run(words, env={**os.environ, "DOCKER_BUILDKIT": "1"}, capture_output=True, text=True, timeout=300, check=False)
    assert built.returncode == 0, built.stderr
    docker.run("image", "rm", built.stdout.strip())
