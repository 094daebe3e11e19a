"""Open-source services in images as people write them, slimmed: sizes, verdict, coverage, what was given back, seconds.

`python -m benchmarks.slimmed_services [SERVICE ...] [--trim LEVEL] [--results FILE.md] [--keep FOLDER]`. Each folder of `benchmarks/open_source` has a
Dockerfile, and for comparing perhaps a paredown.toml and requests. Docker builds the images; those that they start from are stand-ins where no
registry can be reached (`benchmarks.stand_ins`). A service whose base cannot be had is left out and named. Sizes are those of the files,
uncompressed; seconds those of one run, nothing remembered, `docker save` not counted.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import stand_ins

SERVICES = Path(__file__).resolve().parent / "open_source"
MEGABYTE = 1_000_000
MARK = "<!-- written by the benchmark: {level} -->"
_BASE = re.compile(r"^FROM\s+(\S+)(?:\s+AS\s+(\S+))?", re.MULTILINE | re.IGNORECASE)
_SIZES = re.compile(r"It was ([\d.]+) MB and is ([\d.]+) MB")
_SPARED = re.compile(r"Given back, as it was different without: (.+)\.$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one service. Sizes in MB (10⁶ bytes); `complaint` where it did not end in an image."""

    service: str
    before: float = 0
    after: float = 0
    answer: str = ""
    coverage: str = ""
    spared: str = ""
    seconds: float = 0
    complaint: str = ""

    @property
    def row(self) -> str:
        """Its line of the table."""
        if self.complaint:
            return f"| {self.service} | | | | {self.complaint} | | | {self.seconds:.0f} s |"
        share = f"{self.after / self.before:.2f}"
        cells = (f"{self.before:.1f}", f"{self.after:.1f}", share, self.answer, self.coverage, self.spared or "nothing", f"{self.seconds:.0f} s")
        return f"| {self.service} | {' | '.join(cells)} |"


def main() -> None:
    """Build, slim, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("services", nargs="*", help="names of folders; all when none is given")
    parser.add_argument("--trim", default="lean")
    parser.add_argument("--results", type=Path, help="the Markdown file whose table of this level is written anew")
    parser.add_argument("--keep", type=Path, help="a folder for the small images and what paredown said")
    asked = parser.parse_args()
    outcomes = []
    for service in asked.services or sorted(path.name for path in SERVICES.iterdir() if (path / "Dockerfile").is_file()):
        outcomes.append(slimmed(service, asked.trim, asked.keep))
        print(outcomes[-1].row, flush=True)
    if asked.results:
        _write(asked.results, asked.trim, outcomes)
    sys.exit(1 if any(outcome.complaint or outcome.answer == "different" for outcome in outcomes) else 0)


def slimmed(service: str, level: str, keep: Path | None) -> Outcome:
    """One service, from its Dockerfile to what became of its image."""
    folder = SERVICES / service
    try:
        image = _built(service, folder)
    except (SystemExit, subprocess.CalledProcessError) as error:
        told = (error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)).strip().splitlines()
        return Outcome(service=service, complaint=f"not built: {told[-1] if told else error}")
    with tempfile.TemporaryDirectory(prefix="slimmed-") as scratch:
        place = keep or Path(scratch)
        before, after = Path(scratch) / f"{service}.tar", place / f"{service}-{level}.tar"
        try:
            _docker("save", "--output", str(before), image)
        finally:
            _docker("rmi", "--force", image)
        words = [sys.executable, "-m", "paredown", "slim", str(before), "--trim", level, "--output", str(after), "--project", str(folder), "--format", "json"]
        environment = {**os.environ, "PAREDOWN_CACHE": f"{scratch}/cache"}
        begun = time.monotonic()
        ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - begun
        if keep:
            (keep / f"{service}-{level}.json").write_text(ended.stdout, "utf-8")
            (keep / f"{service}-{level}.err").write_text(ended.stderr, "utf-8")
    if not ended.stdout.startswith("{"):
        said = ended.stderr.strip().splitlines() or [f"ended with {ended.returncode}"]
        return Outcome(service=service, seconds=seconds, complaint=said[0])
    return _told(service, json.loads(ended.stdout), seconds)


def _built(service: str, folder: Path) -> str:
    """The tag of the image that Docker makes of the folder, without the certificates that only this machine needs."""
    if (folder / "make.py").is_file():
        subprocess.run([sys.executable, str(folder / "make.py")], capture_output=True, text=True, check=True)
    found = _BASE.findall((folder / "Dockerfile").read_text("utf-8"))
    stages = {name for _, name in found}
    made_here = stand_ins.provide(*dict.fromkeys(base for base, _ in found if base not in stages))
    tag = f"{service}:naive"
    _docker("build", "--quiet", "--tag", tag, str(folder))
    if made_here:
        stand_ins.forget_machine(tag)
    return tag


def _told(service: str, told: dict[str, Any], seconds: float) -> Outcome:
    notes = " ".join(told["notes"])
    before, after = (float(size) for size in found.groups()) if (found := _SIZES.search(notes)) else (0.0, 0.0)
    verdict = told["verdict"]
    spared = next((found[1] for note in told["notes"] if (found := _SPARED.search(note))), "")
    coverage = [f"{what} {len(item['exercised'])} of {len(item['known'])}" for what, item in verdict["coverage"].items() if item["known"]]
    unproven = f" ({'; '.join(item['what'] for item in verdict['unproven'])})" if verdict["unproven"] else ""
    answer = verdict["verdict"] + unproven
    return Outcome(service=service, before=before, after=after, answer=answer, coverage=", ".join(coverage), spared=spared, seconds=seconds)


def _write(results: Path, level: str, outcomes: list[Outcome]) -> None:
    """Put the table behind the level's mark, in place of the one that is there."""
    head = ["| service | before | after | of it | verdict | looked at | given back | time |", "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    table = "\n".join([*head, *(outcome.row for outcome in outcomes)])
    mark = MARK.format(level=level)
    text = results.read_text("utf-8")
    if mark not in text:
        raise SystemExit(f"error: {results} has no place for this table\n  fix: write the line {mark} where it is to be")
    results.write_text(re.sub(rf"({re.escape(mark)}\n)(?:\|.*\n)*", lambda found: f"{found[1]}{table}\n", text), "utf-8")


def _docker(*words: str) -> None:
    subprocess.run([stand_ins.docker(), *words], env={**os.environ, "DOCKER_BUILDKIT": "1"}, capture_output=True, text=True, check=True)


if __name__ == "__main__":
    main()
