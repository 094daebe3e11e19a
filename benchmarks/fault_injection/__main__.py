"""`python -m benchmarks.fault_injection [--services A,B] [--slim LEVEL] [--most N] [--kind TEXT] [--answers FOLDER] [--results FILE.md]`.

Builds each reference service (with --slim: what `paredown slim` makes of the image of its naive Dockerfile), breaks its image in every way of faults.py, asks
the oracle whether that does harm and `paredown verify` whether anything differs. Prints a line for each mutant, then the share of harmful mutants that were
found; ends with 1 below 97 %, or when fewer than 80 were harmful where all services were asked.
Needs Docker, skopeo, and a sandbox.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fault_injection import oracle
from benchmarks.fault_injection.kinds import KINDS, faults
from benchmarks.fault_injection.mutants import Fault, Folder, Good, write_mutant
from benchmarks.slim import naive
from benchmarks.slim.carved import carve
from paredown import opening, verification
from paredown.cli import surroundings
from paredown.composers.interface import Means
from paredown.progress import Quiet
from paredown.result import Difference, Verdict

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("lightweight-app", "port-env-app", "forecast-api", "ocr-backend")
SHARE, HARMFUL, OF_KINDS = 0.97, 80, 20
_OF_SETTINGS = ("configuration", "programs on PATH")
MARK = "<!-- written by the benchmark -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one mutant. `harm` are the oracle's answers that are not the good image's; `said` is the first thing that verify found."""

    service: str
    kind: str
    what: str
    harm: tuple[str, ...]
    found: bool
    named: bool
    said: str
    seconds: float


def main() -> int:
    options = _options()
    means = surroundings.means(Quiet(), mirror=None, locked=False)
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as scratch:
        for service in options.services.split(","):
            layout, wrong = _good(service, options, Path(scratch))
            good = Good(service, opening.opened(str(layout), means).image, layout, wrong)
            outcomes += _outcomes(good, options, Path(scratch), means)
    text = _table(outcomes)
    print(text)
    if options.results:
        before = options.results.read_text("utf-8").partition(MARK)[0] if options.results.exists() else ""
        options.results.write_text(f"{before}{MARK}\n\n{text}", "utf-8")
    harmful = [outcome for outcome in outcomes if outcome.harm]
    whole = options.services == ",".join(SERVICES)
    enough = not whole or (len(harmful) >= HARMFUL and len({outcome.kind for outcome in harmful}) >= OF_KINDS)
    return 0 if enough and sum(outcome.found for outcome in harmful) >= SHARE * len(harmful) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fault_injection")
    parser.add_argument("--services", default=",".join(SERVICES))
    parser.add_argument("--slim", default="", metavar="LEVEL", help="the good images are those of the naive Dockerfiles, made small at this level")
    parser.add_argument("--most", type=int, default=1, help="faults of one kind for one service")
    parser.add_argument("--kind", default="", help=f"only kinds with this text in their name, of: {', '.join(KINDS)}")
    parser.add_argument("--thorough", action="store_true", help="run mutants that differ at rest already, too")
    parser.add_argument("--results", type=Path, help=f"put the table into this file, after {MARK}")
    parser.add_argument(
        "--images",
        type=Path,
        help="build nothing, take from this folder a layout of each good image; or with --slim, SERVICE.tar of each naive one",
    )
    parser.add_argument("--answers", type=Path, help="keep the oracle's answers in this folder, and take them from there")
    return parser.parse_args()


def _good(service: str, options: argparse.Namespace, scratch: Path) -> tuple[Path, frozenset[str]]:
    """A layout of the service: as `paredown build` makes it, from a copy of its folder; or, with a level, as `paredown slim` makes it of the naive image.

    With it, the behaviours that the naive image did not have to begin with.
    """
    project, layout = scratch / service, scratch / f"{service}.image"
    if options.images and (options.images / service).is_dir():
        return options.images / service, frozenset()
    if options.slim:
        tag, _ = naive.image(service, options.images)
        carved = carve(tag, options.slim, layout, "--project", str(ROOT / "examples" / service))
        print(f"{service}: slim at level {carved.level}, {carved.answer}", flush=True)
        return layout, oracle.wrong_before(tag, *naive.asked(service, tag))
    shutil.copytree(ROOT / "examples" / service, project)
    words = [sys.executable, "-m", "paredown", "build", str(project), "--output", str(layout), "--no-verify", "--quiet"]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return layout, frozenset()


def _outcomes(good: Good, options: argparse.Namespace, scratch: Path, means: Means) -> Iterator[Outcome]:
    behaviour = ROOT / "examples" / good.service / "tests" / "behaviour.py"
    port = int(good.image.config.ports[0].partition("/")[0])
    environment = dict(good.image.config.environment)
    asked_of = (behaviour, port, environment, good.wrong)
    expected = oracle.answers(good.layout, *asked_of)
    # What people build need not bear another user, or have a health check that can say no: it is compared, not wanted.
    wanted = ("started", "passed") if options.slim else [name for name in expected if name != "exit status"]
    if not all(expected[name] for name in wanted):
        raise SystemExit(f"the good image of {good.service} does not do what it should: {expected}")
    for number, fault in enumerate(faults(good, options.most)):
        if options.kind not in fault.kind:
            continue
        mutant = scratch / f"{good.service}.{number}"
        write_mutant(good, fault, mutant)
        begun = time.monotonic()
        answers = _remembered(options.answers, good, fault) or _kept(options.answers, good, fault, oracle.answers(mutant, *asked_of))
        asked = time.monotonic()
        outcome = _outcome(good, fault, _harm(expected, answers), _verified(good, mutant, means, thorough=options.thorough), time.monotonic() - asked)
        print(f"{_mark(outcome)}  {good.service}  {fault.kind}: {fault.what}  ({asked - begun:.0f} s + {outcome.seconds:.0f} s)  {outcome.said}", flush=True)
        yield outcome
        shutil.rmtree(mutant)


def _verified(good: Good, mutant: Path, means: Means, *, thorough: bool) -> Verdict:
    project = ROOT / "examples" / good.service
    return verification.verify(str(good.layout), str(mutant), runner=None, project=project, means=means, fail_fast=not thorough)


def _outcome(good: Good, fault: Fault, harm: tuple[str, ...], verdict: Verdict, seconds: float) -> Outcome:
    first = verdict.differences[0] if verdict.differences else None
    said = "" if first is None else f"{first.probe}: {first.key}: {first.after}"
    named = any(_names(difference, fault) for difference in verdict.differences)
    said = " ".join(said.split())[:160]
    return Outcome(service=good.service, kind=fault.kind, what=fault.what, harm=harm, found=first is not None, named=named, said=said, seconds=seconds)


def _names(difference: Difference, fault: Fault) -> bool:
    """Whether a difference says what was done: the file among its culprits, a folder in its text, or the setting as its key."""
    if any(isinstance(what, Folder) and f"/{path} " in f"{difference.after} " for path, what in fault.write.items()):
        return True
    paths = {f"/{path}" for path in (*fault.remove, *fault.write)}
    return any(culprit.path in paths for culprit in difference.culprits) or (fault.config is not None and difference.probe in _OF_SETTINGS)


def _harm(expected: dict[str, Any], answers: dict[str, Any]) -> tuple[str, ...]:
    return tuple(name for name, value in expected.items() if name in answers and answers[name] != value)


def _file(folder: Path, good: Good, fault: Fault) -> Path:
    return folder / f"{good.service} {fault.kind} {fault.what}".replace("/", "_")[:200]


def _remembered(folder: Path | None, good: Good, fault: Fault) -> dict[str, Any] | None:
    if folder is None or not _file(folder, good, fault).exists():
        return None
    found: dict[str, Any] = json.loads(_file(folder, good, fault).read_bytes())
    return found


def _kept(folder: Path | None, good: Good, fault: Fault, answers: dict[str, Any]) -> dict[str, Any]:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        _file(folder, good, fault).write_text(json.dumps(answers), "utf-8")
    return answers


def _mark(outcome: Outcome) -> str:
    if outcome.harm:
        return "found " if outcome.found else "MISSED"
    return "told  " if outcome.found else "harmless"


def _table(outcomes: list[Outcome]) -> str:
    harmful = [outcome for outcome in outcomes if outcome.harm]
    found = [outcome for outcome in harmful if outcome.found]
    rows = []
    for name in dict.fromkeys(outcome.kind for outcome in outcomes):
        mine = [outcome for outcome in outcomes if outcome.kind == name]
        bad = [outcome for outcome in mine if outcome.harm]
        named = sum(outcome.found and outcome.named for outcome in bad)
        rows.append(f"| {name} | {len(mine)} | {len(bad)} | {sum(outcome.found for outcome in bad)} | {named} |")
    services, kinds = len({outcome.service for outcome in outcomes}), len({outcome.kind for outcome in harmful})
    share = 100 * len(found) / max(1, len(harmful))
    lines = [
        f"{len(outcomes)} mutants of {services} services; {len(harmful)} harmful, of {kinds} kinds; verify found {len(found)} of them ({share:.1f} %).",
        "",
        "| kind | mutants | harmful | found | with its cause named |",
        "|---|--:|--:|--:|--:|",
        *rows,
    ]
    missed = [outcome for outcome in harmful if not outcome.found]
    lines += (
        ["", "Missed:", *(f"- {outcome.service}: {outcome.kind}: {outcome.what} (harm: {', '.join(outcome.harm)})" for outcome in missed)] if missed else []
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
