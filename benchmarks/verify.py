"""How long `paredown verify` takes on the example service, untrimmed against trimmed, opening included: at most 25 seconds on two processors.

`python -m benchmarks.verify [--runs N]`. Everything was fetched and unpacked before; whatever else the machine does counts.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.measure import Table, in_turns, observed, run, seconds

PAREDOWN = Path(sys.executable).with_name("paredown")
EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "lightweight-app"


def main(runs: int = 5) -> bool:
    """Measure; whether the target was missed."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1760000000"}
    with tempfile.TemporaryDirectory() as scratch:
        before, after = Path(scratch, "before"), Path(scratch, "after")
        build = [str(PAREDOWN), "build", str(EXAMPLE), "--quiet", "--no-verify", "--output"]
        run([*build, str(before), "--trim", "none"], environment)
        run([*build, str(after)], environment)
        verify = [str(PAREDOWN), "verify", str(before), str(after), "--project", str(EXAMPLE), "--format", "json"]
        phases: dict[str, list[float]] = defaultdict(list)
        memory: list[float] = []

        def verified() -> None:
            verdict, peak = _measured(verify, environment)
            memory.append(peak)
            for phase in verdict["phases"]:
                phases[phase["name"]].append(phase["seconds"])

        times = in_turns({"paredown verify": lambda: seconds(verified)}, runs)
    table = Table("verify: examples/lightweight-app, untrimmed against trimmed")
    table.times("whole process", times)
    for name, values in phases.items():
        table.fact(f"phase: {name}", f"{statistics.median(values[1:]):.2f} s")
    table.fact("memory of paredown itself", f"{max(memory):.0f} MB at most")
    table.at_most("verify", statistics.median(times["paredown verify"]), 25, "s")
    table.show()
    return table.missed


def _measured(words: list[str], environment: dict[str, str]) -> tuple[dict[str, Any], float]:
    """The verdict, and the most memory (MB) that the process had; ends with its complaint when the images are not found equivalent."""
    found = observed(words, environment)
    if found.code:
        raise SystemExit(f"error: {' '.join(words)} ended with {found.code}\n{found.said[:2000]}")
    return json.loads(found.said), found.memory


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verify", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    sys.exit(main(parser.parse_args().runs))
