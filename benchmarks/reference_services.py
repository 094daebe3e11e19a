"""The four reference services: as people write them, as a good engineer does, and as `paredown build` makes them; sizes, and whether they behave the same.

`python -m benchmarks.reference_services [--services A,B] [--no-verify] [--results FILE.md]`. Both Dockerfiles are built by Docker, the images that they start
from are stand-ins where no registry can be reached (`benchmarks.stand_ins`), and `paredown verify` compares the first with paredown's. Compressed sizes are
those of gzip layers, by skopeo where it is installed. Ends with 1 when a target is missed.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import stand_ins
from benchmarks.measure import run

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1_000_000
MARK = "<!-- written by the benchmark -->"


@dataclass(frozen=True, slots=True)
class Target:
    """At most `megabytes` uncompressed (None: none is set), and at least `under` of the naive image's size less."""

    megabytes: float | None
    under: float


@dataclass(frozen=True, slots=True)
class Size:
    """In bytes; `compressed` is None where it was not measured."""

    uncompressed: int
    compressed: int | None

    def __str__(self) -> str:
        return f"{self.uncompressed / MEGABYTE:.1f}" + ("" if self.compressed is None else f" / {self.compressed / MEGABYTE:.1f}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one service. `answer` is verify's word, "" when it was not asked."""

    service: str
    naive: Size
    optimized: Size
    paredown: Size
    answer: str

    def missed(self) -> list[str]:
        """The targets that it misses, in words."""
        target = TARGETS[self.service]
        found = []
        if target.megabytes is not None and self.paredown.uncompressed > target.megabytes * MEGABYTE:
            found.append(f"more than {target.megabytes:g} MB")
        if _under(self.paredown, self.naive) < target.under:
            found.append(f"less than {target.under:.0%} under the naive one")
        if self.paredown.uncompressed >= self.optimized.uncompressed:
            found.append("not smaller than the hand-optimised one")
        if self.answer not in ("", "equivalent"):
            found.append(f"verify says {self.answer}")
        return found


TARGETS = {"lightweight-app": Target(65, 0), "forecast-api": Target(75, 0.7), "port-env-app": Target(50, 0), "ocr-backend": Target(None, 0.6)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reference_services")
    parser.add_argument("--services", default=",".join(TARGETS))
    parser.add_argument("--no-verify", action="store_true", help="sizes alone")
    parser.add_argument("--results", type=Path, help=f"put the table into this file, after {MARK}")
    options = parser.parse_args()
    outcomes, stood_in = [], set()
    for service in options.services.split(","):
        with tempfile.TemporaryDirectory(prefix="reference-") as scratch:
            project = Path(scratch) / service
            shutil.copytree(ROOT / "examples" / service, project, ignore=shutil.ignore_patterns(".venv", "__pycache__", "paredown.lock"))
            stood_in |= set(stand_ins.provide(*_bases(project)))
            outcomes.append(_outcome(project, verify=not options.no_verify))
    text = _table(outcomes, sorted(stood_in))
    print(text)
    if options.results:
        before = options.results.read_text("utf-8").partition(MARK)[0] if options.results.exists() else ""
        options.results.write_text(f"{before}{MARK}\n\n{text}", "utf-8")
    return int(any(outcome.missed() for outcome in outcomes))


def _bases(project: Path) -> list[str]:
    """The images that the service's Dockerfiles start from or copy from."""
    text = "\n".join((project / name).read_text("utf-8") for name in ("Dockerfile", "Dockerfile.optimized"))
    named = re.findall(r"^FROM (\S+)|--from=(\S+)", text, re.MULTILINE)
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", text, re.MULTILINE))
    return sorted({first or second for first, second in named} - stages)


def _outcome(project: Path, *, verify: bool) -> Outcome:
    service = project.name
    naive, optimized = built(project, "Dockerfile"), built(project, "Dockerfile.optimized")
    archive = project.parent / f"{service}.tar"
    words = [sys.executable, "-m", "paredown", "build", str(project), "--no-verify", "--quiet", "--format", "json", "--output", str(archive)]
    made = json.loads(run(words, os.environ))["platforms"][0]
    sizes = {"naive": _size(naive), "optimized": _size(optimized), "paredown": Size(made["uncompressed"], made["compressed"])}
    answer = _answer(naive, archive, project) if verify else ""
    outcome = Outcome(service=service, answer=answer, **sizes)
    print(f"{service}: {sizes['naive']} -> {sizes['optimized']} -> {sizes['paredown']} MB {answer}", file=sys.stderr, flush=True)
    return outcome


def built(project: Path, name: str) -> str:
    """The tag under which the engine has the image of that Dockerfile."""
    tag = f"{project.name}:{'optimized' if name.endswith('optimized') else 'naive'}"
    run([stand_ins.docker(), "build", "--quiet", "--file", name, "--tag", tag, "."], {**os.environ, "DOCKER_BUILDKIT": "1"}, folder=str(project))
    return tag


def _size(tag: str) -> Size:
    uncompressed = int(run([stand_ins.docker(), "image", "inspect", "--format", "{{.Size}}", tag], os.environ))
    if shutil.which("skopeo") is None:
        return Size(uncompressed, None)
    with tempfile.TemporaryDirectory(prefix="reference-") as scratch:
        daemon = ["--src-daemon-host", os.environ["DOCKER_HOST"]] if "DOCKER_HOST" in os.environ else []
        run(["skopeo", "--insecure-policy", "copy", "--quiet", *daemon, f"docker-daemon:{tag}", f"dir:{scratch}/image", "--dest-compress"], os.environ)
        manifest = json.loads((Path(scratch) / "image" / "manifest.json").read_bytes())
        return Size(uncompressed, sum(layer["size"] for layer in manifest["layers"]))


def _answer(naive: str, archive: Path, project: Path) -> str:
    stand_ins.forget_machine(naive)
    words = [sys.executable, "-m", "paredown", "verify", naive, str(archive), "--project", str(project), "--quiet"]
    finished = subprocess.run(words, capture_output=True, text=True, check=False)
    return finished.stdout.strip() or finished.stderr.strip()


def _under(one: Size, other: Size) -> float:
    return 1 - one.uncompressed / other.uncompressed


def _table(outcomes: list[Outcome], stood_in: list[str]) -> str:
    lines = [
        "Megabytes (of 1,000,000 bytes) of layers, uncompressed / as gzip.",
        "",
        "| service | naive | hand-optimised | paredown build | under naive | under hand-optimised | verify naive paredown | targets |",
        "|---|--:|--:|--:|--:|--:|---|---|",
    ]
    for outcome in outcomes:
        shares = f"{_under(outcome.paredown, outcome.naive):.1%} | {_under(outcome.paredown, outcome.optimized):.1%}"
        target = "; ".join(outcome.missed()) or "met"
        lines.append(
            f"| {outcome.service} | {outcome.naive} | {outcome.optimized} | {outcome.paredown} | {shares} | {outcome.answer or 'not asked'} | {target} |"
        )
    if stood_in:
        lines += ["", "Stand-ins, made of Debian packages, for images that could not be pulled: " + ", ".join(f"`{tag}`" for tag in stood_in) + "."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
