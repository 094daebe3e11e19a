"""The reports of the reference services: each naive Dockerfile optimised, both built, verified and measured.

`python -m benchmarks.reports [NAME ...]` (`make reports`) writes Dockerfile.paredown, report.md and report.html into each example's folder.
Needs Docker, and a registry or what `benchmarks.stand_ins` needs. Exit 1 when an image is not equivalent to its naive one.
"""

import subprocess
import sys
from importlib import metadata
from pathlib import Path

from benchmarks import stand_ins

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NAMES = ("lightweight-app", "forecast-api", "port-env-app", "ocr-backend")
WRITTEN = "Dockerfile.paredown"


def bases(dockerfile: Path) -> list[str]:
    """What the Dockerfile starts from and copies from, in the order of its lines."""
    from paredown.dockerfile.parse import parse
    from paredown.dockerfile.stages import source_of, stages

    known = stages(parse(dockerfile.read_text("utf-8")))
    sources = [source_of(step, known) for stage in known for step in stage.steps if step.instruction.name == "COPY"]
    return [*(stage.base for stage in known if stage.parent is None), *(source for source in sources if isinstance(source, str))]


def report(name: str) -> bool:
    """Write the report of one service; whether its new image is equivalent."""
    folder = EXAMPLES / name
    command = [sys.executable, "-m", "paredown", "optimize", str(folder), "-o", str(folder / WRITTEN), "--quiet"]
    subprocess.run([*command, "--no-build"], check=True)
    stand_ins.provide(*dict.fromkeys([*bases(folder / "Dockerfile"), *bases(folder / WRITTEN)]))
    reports = ["--report", str(folder / "report.md"), "--report", str(folder / "report.html")]
    return subprocess.run([*command, "--engine", "docker", *reports], check=False).returncode == 0


def main() -> int:
    print(f"paredown {metadata.version('paredown')}")
    different = []
    for name in sys.argv[1:] or NAMES:
        equivalent = report(name)
        print(f"{name}: {'equivalent' if equivalent else 'not equivalent'}", flush=True)
        if not equivalent:
            different.append(name)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
