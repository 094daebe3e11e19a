"""How long `paredown --version` takes, against a Python that does nothing: at most 4 times as long."""

import os
import sys
from pathlib import Path

from benchmarks.measure import Table, in_turns, run, seconds

PAREDOWN = Path(sys.executable).with_name("paredown")


def main(runs: int = 15) -> bool:
    """Measure; whether the target was missed."""
    times = in_turns(
        {
            "paredown --version": lambda: seconds(lambda: run([str(PAREDOWN), "--version"], os.environ)),
            "python -c pass": lambda: seconds(lambda: run([sys.executable, "-c", "pass"], os.environ)),
        },
        runs,
    )
    table = Table("start of the command line")
    table.ratio("start", times, "paredown --version", "python -c pass", 4)
    table.show()
    return table.missed


if __name__ == "__main__":
    sys.exit(main())
