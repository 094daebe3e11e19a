"""The images that Dockerfiles start from can be had: pulled, or made of Debian packages."""

import os
import subprocess
from pathlib import Path

from engines import Engine

DOCKERFILE = """\
FROM {}
COPY --from={} /uv /usr/local/bin/
RUN uv --version && pip --version && python -m venv /opt/venv
RUN python -c "import importlib.metadata as m; assert m.files('pip')"
RUN test -d "$HOME" && test -f "$(python -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h"
"""


def test_dockerfile_finds_its_bases(docker: Engine, bases: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE.format(*bases))
    words = [docker.program, "build", "--quiet", str(tmp_path)]
    built = subprocess.run(words, env={**os.environ, "DOCKER_BUILDKIT": "1"}, capture_output=True, text=True, timeout=300, check=False)
    assert built.returncode == 0, built.stderr
    docker.run("image", "rm", built.stdout.strip())
