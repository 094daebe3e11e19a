"""Images that behave alike, compared while the machine is busy: every one must come out equivalent.

`python -m benchmarks.false_alarms [--runs N] [--services A,B]` compares the image of each reference service N times: in turns with itself and with a
rebuild that differs in bytes (no bytecode, other times, other compression). Two busy loops run beside it. Ends with 1 at the first false alarm.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from paredown import verification
from paredown.cli import surroundings
from paredown.progress import Quiet
from paredown.result import Answer

ROOT = Path(__file__).resolve().parent.parent
SERVICES = "lightweight-app,port-env-app,forecast-api,ocr-backend"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.false_alarms", description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--services", default=SERVICES)
    options = parser.parse_args()
    means = surroundings.means(Quiet(), mirror=None, locked=False)
    alarms = 0
    with tempfile.TemporaryDirectory() as scratch, busy():
        for service in options.services.split(","):
            image, rebuild = _built(service, Path(scratch))
            seconds: list[float] = []
            for number in range(options.runs):
                begun = time.monotonic()
                other = rebuild if number % 2 else image
                verdict = verification.verify(str(image), str(other), runner=None, project=ROOT / "examples" / service, means=means)
                seconds.append(time.monotonic() - begun)
                if verdict.answer is not Answer.EQUIVALENT:
                    alarms += 1
                    for difference in verdict.differences:
                        print(f"  {difference.probe}: {difference.key} {difference.place}: {difference.before[:200]} -> {difference.after[:200]}")
                    for item in verdict.unproven:
                        print(f"  unproven {item.what}: {item.reason[:300]}")
                print(f"{service} {number + 1}: {verdict.answer} in {seconds[-1]:.1f} s, {'rebuild' if number % 2 else 'itself'}", flush=True)
            print(f"{service}: {options.runs} runs, median {statistics.median(seconds):.1f} s, longest {max(seconds):.1f} s", flush=True)
    print(f"{alarms} false alarms")
    return 1 if alarms else 0


def _built(service: str, scratch: Path) -> tuple[Path, Path]:
    project = scratch / service
    shutil.copytree(ROOT / "examples" / service, project)
    image, rebuild = scratch / f"{service}.image", scratch / f"{service}.rebuild"
    build = [sys.executable, "-m", "paredown", "build", str(project), "--quiet", "--no-verify"]
    subprocess.run([*build, "--output", str(image)], check=True, stdout=subprocess.DEVNULL)
    other = {**os.environ, "SOURCE_DATE_EPOCH": "1600000000"}
    subprocess.run([*build, "--output", str(rebuild), "--bytecode", "none", "--compression", "zstd"], check=True, stdout=subprocess.DEVNULL, env=other)
    return image, rebuild


@contextmanager
def busy() -> Iterator[None]:
    """One busy loop for each processor, as neighbours on a shared machine."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


if __name__ == "__main__":
    sys.exit(main())
