"""The example service, measured: size, start, rebuild, first build, against Docker's own build of its multi-stage Dockerfile.

`python -m benchmarks.lightweight_app [--runs N] [sizes|start|rebuild|first ...]`; needs Docker for all but sizes. Where the
Dockerfile's bases cannot be pulled, `python -m benchmarks.stand_ins` makes stand-ins for them. Ends with 1 when a target is missed.
"""

import argparse
import functools
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import Table, in_turns, run, seconds
from benchmarks.stand_ins import docker

ROOT = Path(__file__).resolve().parent.parent
SERVICE = ROOT / "examples" / "lightweight-app"
MEGABYTE = 1_000_000


class Bench:
    """A copy of the service, a store of its own, and what both builders need."""

    def __init__(self, scratch: Path, runs: int) -> None:
        self.runs = runs
        self.scratch = scratch
        self.project = scratch / "lightweight-app"
        self.store = scratch / "store"
        self.edits = 0
        shutil.copytree(SERVICE, self.project, ignore=shutil.ignore_patterns(".venv", "__pycache__"))

    def paredown(self, *words: str, store: Path | None = None) -> str:
        """Run `paredown build` on the copy, without the proof, which `benchmarks.verify` measures; what it prints."""
        # As an installed tool, which has its own bytecode: some surroundings forbid Python to write it.
        surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = {**surroundings, "PAREDOWN_CACHE": str(store or self.store)}
        return run([sys.executable, "-m", "paredown", "build", str(self.project), "--tag", "lightweight-app", "--no-verify", *words], environment)

    def archive(self, name: str, *words: str) -> tuple[Path, dict[str, Any]]:
        """An image archive and the figures of its only platform."""
        path = self.scratch / f"{name}.tar"
        result: dict[str, Any] = json.loads(self.paredown("--format", "json", "--output", str(path), *words))
        return path, result["platforms"][0]

    def docker_build(self, *words: str) -> None:
        """Build Dockerfile.optimized with BuildKit."""
        environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
        run(
            [docker(), "build", "--quiet", "--file", "Dockerfile.optimized", "--tag", "lightweight-app:docker", *words, "."],
            environment,
            folder=str(self.project),
        )

    def edit(self) -> None:
        """Change one line of the app."""
        self.edits += 1
        main = self.project / "app" / "main.py"
        lines = [line for line in main.read_text("utf-8").splitlines() if not line.startswith("# edit ")]
        main.write_text("\n".join([*lines, f"# edit {self.edits} of {time.time_ns()}"]) + "\n", "utf-8")


def sizes(bench: Bench) -> Table:
    """How big the image is, by default and with the strongest compression."""
    table = Table("size of the image (megabytes of 1,000,000 bytes)")
    _, default = bench.archive("default")
    _, strongest = bench.archive("strongest", "--compression", "zstd-max")
    _, gzip_strongest = bench.archive("gzip-strongest", "--compression", "gzip-max")
    table.at_most("uncompressed, bytecode included", default["uncompressed"] / MEGABYTE, 65, "MB")
    table.at_most("compressed, default", default["compressed"] / MEGABYTE, 22, "MB")
    table.at_most("compressed, strongest (zstd-max)", strongest["compressed"] / MEGABYTE, 18, "MB")
    table.fact("compressed, gzip-max", f"{gzip_strongest['compressed'] / MEGABYTE:.3g} MB")
    return table


def start(bench: Bench) -> Table:
    """From the start of the container to the first answer, with bytecode and without."""
    images = {}
    for name, words in {"imported bytecode": (), "--bytecode none": ("--bytecode", "none")}.items():
        path, _ = bench.archive(name.replace(" ", "-"), *words)
        run([docker(), "load", "--input", str(path)], os.environ)
        images[name] = f"lightweight-app:{'none' if words else 'imported'}"
        run([docker(), "tag", "lightweight-app", images[name]], os.environ)
    times = in_turns({name: functools.partial(first_answer, image) for name, image in images.items()}, bench.runs)
    table = Table("from the container's start (as the engine noted it) to the first answer of /health")
    table.ratio("start", times, "imported bytecode", "--bytecode none", 0.5)
    return table


def first_answer(image: str) -> float:
    """Seconds from the moment that the engine calls the start of a container of `image` to its first answer."""
    flags = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--publish", "127.0.0.1::8000"]
    identity = run([docker(), "run", "--detach", *flags, image], os.environ).strip()
    try:
        found = json.loads(run([docker(), "inspect", identity], os.environ))[0]
        # Not through the published port: its proxy accepts before the service does.
        address = found["NetworkSettings"]["IPAddress"]
        answered = ask_until_answered(address, 8000)
        whole, _, fraction = found["State"]["StartedAt"].rstrip("Z").partition(".")
        began = datetime.fromisoformat(f"{whole}+00:00").timestamp() + float(f"0.{fraction}")
        return answered - began
    finally:
        subprocess.run([docker(), "rm", "--force", identity], capture_output=True, check=False)


def ask_until_answered(host: str, port: int, limit: float = 30) -> float:
    """The time (seconds since 1970) of the first answer to GET /health."""
    last = time.monotonic() + limit
    while time.monotonic() < last:
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return time.time()
        except OSError:
            time.sleep(0.002)
        finally:
            connection.close()
    raise SystemExit(f"error: no answer from {host}:{port} within {limit:g} s")


def rebuild(bench: Bench) -> Table:
    """The whole process again: after a one-line change of the app, and with nothing changed; both builders in turns."""
    output = ("--output", str(bench.scratch / "rebuild.tar"))
    bench.paredown(*output)
    bench.docker_build()

    def edited(work: Callable[[], object]) -> float:
        bench.edit()
        return seconds(work)

    table = Table("rebuild (whole process)")
    builders: dict[str, Callable[[], object]] = {"paredown build": lambda: bench.paredown(*output), "docker build": bench.docker_build}
    changed = in_turns({name: functools.partial(edited, work) for name, work in builders.items()}, bench.runs)
    table.ratio("one line changed", changed, "paredown build", "docker build", 0.25)
    same = in_turns({name: functools.partial(seconds, work) for name, work in builders.items()}, bench.runs)
    table.times("nothing changed", same)
    quicker = statistics.median(same["paredown build"]) / statistics.median(changed["paredown build"])
    table.at_most("nothing changed, against one line changed", quicker, 1, "x")
    return table


def first(bench: Bench) -> Table:
    """The service's first build, against docker build --no-cache with its bases unpacked and its uv cache mount warm.

    Twice: with what paredown keeps of packages warm (another service with the same packages was built here before, and nothing is known of this
    one), as Docker's side has it; and with nothing but the downloads, from which all that is kept of packages is made anew.
    """
    bench.paredown("--output", str(bench.scratch / "warm.tar"))
    bench.docker_build()
    runs = max(3, bench.runs // 3)
    output = ("--output", str(bench.scratch / "first.tar"))
    sibling = another_service(bench)
    pristine = sibling.rename(sibling.with_name("package-caches-pristine"))

    def on(make: Callable[[], Path]) -> float:
        store = make()
        try:
            return seconds(lambda: bench.paredown(*output, store=store))
        finally:
            shutil.rmtree(store)

    times = in_turns(
        {
            "package caches warm": lambda: on(lambda: copied(pristine, sibling)),
            "downloads alone": lambda: on(lambda: packages_alone(bench)),
            "docker build --no-cache": lambda: seconds(lambda: bench.docker_build("--no-cache")),
        },
        runs,
    )
    table = Table("first build, paredown.lock committed (whole process)")
    table.ratio("package caches warm", times, "package caches warm", "docker build --no-cache", 0.5)
    ratio = statistics.median(times["downloads alone"]) / statistics.median(times["docker build --no-cache"])
    table.fact("downloads alone, against docker build --no-cache", f"{ratio:.2f}x ({statistics.median(times['downloads alone']):.2f} s)")
    return table


def another_service(bench: Bench) -> Path:
    """A store in which another service with the same packages was built; this service was never built with it."""
    store, project, own = bench.scratch / "package-caches", bench.scratch / "sibling", bench.project
    shutil.copytree(own, project)
    (project / "app" / "other.py").write_text("import calendar\n", "utf-8")
    with (project / "app" / "main.py").open("a", encoding="utf-8") as main:
        main.write("\nfrom app import other  # noqa: E402, F401\n")
    bench.project = project
    try:
        bench.paredown("--output", str(bench.scratch / "sibling.tar"), store=store)
    finally:
        bench.project = own
    return store


def copied(store: Path, place: Path) -> Path:
    """A store like `store`; what lies in a store is never changed in place, so links do."""
    subprocess.run(["cp", "--archive", "--link", str(store), str(place)], check=True)
    return place


def packages_alone(bench: Bench) -> Path:
    """A store that holds what was downloaded (the .deb files of paredown.lock and uv's cache) and nothing that was made of it."""
    lock = tomllib.loads((bench.project / "paredown.lock").read_text("utf-8"))
    store = bench.scratch / "packages-alone"
    (store / "blobs" / "sha256").mkdir(parents=True)
    for pins in lock["debian"]:
        for package in pins["packages"]:
            name = package["sha256"].removeprefix("sha256:")
            os.link(bench.store / "blobs" / "sha256" / name, store / "blobs" / "sha256" / name)
    if (bench.store / "uv").is_dir():
        subprocess.run(["cp", "--archive", "--link", str(bench.store / "uv"), str(store / "uv")], check=True)
    return store


PARTS = {"sizes": sizes, "start": start, "rebuild": rebuild, "first": first}


def main() -> int:
    """Measure the asked-for parts; 1 when a target was missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--runs", type=int, default=9, help="how often each candidate's turn comes (default 9)")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    missed = False
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        bench = Bench(Path(scratch), asked.runs)
        for part in asked.parts or PARTS:
            table = PARTS[part](bench)
            table.show()
            missed |= table.missed
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
