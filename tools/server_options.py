"""Writes which options each server has, by what `--help` of its releases says: `server_options.py VENV...`, environments with the servers in them."""

import json
import re
import subprocess
import sys
from pathlib import Path

OUT = Path(__file__).parent.parent / "src/paredown/commands/options.json"
PROGRAMS = (
    "uvicorn",
    "gunicorn",
    "hypercorn",
    "granian",
    "fastapi run",
    "fastapi dev",
    "flask run",
    "waitress-serve",
    "daphne",
    "celery worker",
    "celery beat",
)
DISTRIBUTIONS = {"fastapi": "fastapi-cli", "waitress-serve": "waitress"}
# Taken, but in no help: uvicorn's until 0.18, and `waitress.adjustments.Adjustments`.
HIDDEN = {
    "uvicorn": ("--debug",),
    "waitress-serve": (
        "--app", "--trusted-proxy", "--trusted-proxy-count", "--trusted-proxy-headers", "--log-untrusted-proxy-headers", "--clear-untrusted-proxy-headers",
        "--no-log-untrusted-proxy-headers", "--no-clear-untrusted-proxy-headers",
    ),
}  # fmt: skip
FLAG = re.compile(r"(?<![\w-])(-[A-Za-z](?![\w-])|--(?:\[no-\])?[A-Za-z][\w-]*[A-Za-z0-9])")


def asked(venv: Path, program: str) -> set[str]:
    """The options that a program's help names."""
    name, *verb = program.split()
    helps = [[*verb, "--help"], ["--help"]] if name in ("celery", "flask") else [[*verb, "--help"]]
    found: set[str] = set()
    for words in helps:
        shown = subprocess.run([venv / "bin" / name, *words], capture_output=True, text=True, env={"COLUMNS": "300", "TERMINAL_WIDTH": "300"}, check=True)
        for flag in FLAG.findall(shown.stdout):
            found |= {flag.replace("[no-]", ""), flag.replace("[no-]", "no-")}
    return found


def version(venv: Path, program: str) -> str:
    """The release of the distribution that brings a program."""
    distribution = DISTRIBUTIONS.get(program.split(maxsplit=1)[0], program.split(maxsplit=1)[0])
    ask = f"import importlib.metadata; print(importlib.metadata.version({distribution!r}))"
    return subprocess.run([venv / "bin/python", "-c", ask], capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    """Ask every environment's servers, and write the sum."""
    table: dict[str, dict[str, str]] = {}
    for program in PROGRAMS:
        venvs = [Path(one) for one in sys.argv[1:] if (Path(one) / "bin" / program.split()[0]).exists()]
        options = set(HIDDEN.get(program, ())).union(*(asked(venv, program) for venv in venvs))
        table[program] = {"releases": " ".join(version(venv, program) for venv in venvs), "options": " ".join(sorted(options))}
    OUT.write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()
