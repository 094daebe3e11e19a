"""`python -m benchmarks.slim [PART ...] [--levels lean,tight] [--services A,B] [--peer PROGRAM] [--runs N] [--deterministic N] [--results FILE.md]`.

Parts: naive (the reference services as people build them), ordinary (three services that slimmers break), speed, deterministic. Needs Docker, a sandbox, and a
registry or what `benchmarks.stand_ins` needs. Ends with 1 when a target is missed.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Table
from benchmarks.slim import engine, naive, ordinary, repeated, speed
from benchmarks.slim.sheet import Sheet

PARTS = ("naive", "ordinary", "speed", "deterministic")
MARK = "<!-- written by the benchmark -->"


def main() -> int:
    options = _options()
    missed, pages = False, []
    with tempfile.TemporaryDirectory(prefix="slim-") as scratch:
        for part in options.parts or PARTS:
            for table in _tables(part, options, Path(scratch)):
                print(table.text(), flush=True)
                missed |= table.missed
                pages.append(table.markdown())
    if options.results:
        before = options.results.read_text("utf-8").partition(MARK)[0] if options.results.exists() else ""
        options.results.write_text(f"{before}{MARK}\n\n" + "\n".join(pages), "utf-8")
    return int(missed)


def _tables(part: str, options: argparse.Namespace, scratch: Path) -> Iterator[Sheet | Table]:
    levels = [level for level in options.levels.split(",") if level]
    asked = options.services.split(",") if options.services else []
    match part:
        case "naive":
            yield naive.measured([name for name in naive.SERVICES if not asked or name in asked], levels, options.images, scratch)
        case "ordinary":
            yield ordinary.measured([name for name in ordinary.SERVICES if not asked or name in asked], levels, options.peer, scratch)
        case "speed":
            tag, _ = naive.image(options.heavy, options.images)
            yield speed.measured(tag, levels[0], options.runs, scratch)
        case _:
            tag, _ = naive.image(options.repeated, options.images)
            for level in levels:
                yield repeated.measured(tag, level, options.deterministic, scratch, "--project", str(engine.EXAMPLES / options.repeated))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slim", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--levels", default="lean,tight")
    parser.add_argument("--services", default="", help="only these, of the parts naive and ordinary")
    parser.add_argument("--images", type=Path, metavar="FOLDER", help="take the naive images from this folder, SERVICE.tar for each, and build none")
    parser.add_argument("--peer", type=Path, metavar="PROGRAM", help="the program of mint or docker-slim, run on the same images")
    parser.add_argument("--runs", type=int, default=3, help="how often each candidate's turn comes in the part speed (default 3)")
    parser.add_argument("--heavy", default="lightweight-app", help="the reference service of the part speed")
    parser.add_argument("--deterministic", type=int, default=10, metavar="N", help="runs of the part deterministic (default 10)")
    parser.add_argument("--repeated", default="lightweight-app", help="the reference service of the part deterministic")
    parser.add_argument("--results", type=Path, metavar="FILE.md", help=f"put the tables into this file, after {MARK}")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
