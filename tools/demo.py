"""The README's first command: build the example, prove it equal to its untrimmed self, start it in the embedded sandbox, ask /health."""

import subprocess
import sys
import tempfile
from pathlib import Path


def paredown(*words: str) -> None:
    """Run a command of paredown's; end as it ends when it does not succeed."""
    print("$ paredown", *words, flush=True)
    status = subprocess.run([sys.executable, "-m", "paredown", *words], check=False).returncode
    if status:
        sys.exit(status)


def main(project: str) -> None:
    """Build and run `project`."""
    with tempfile.TemporaryDirectory(prefix="paredown-demo-") as folder:
        image = str(Path(folder) / "image.tar")
        paredown("build", project, "--output", image)
        paredown("run", image, "--ask", "/health")


if __name__ == "__main__":
    main(*sys.argv[1:])
