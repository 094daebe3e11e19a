"""A machine that runs what a probe sends into an image with the Python that runs the tests, in a folder."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from paredown.plan import Verification
from paredown.probes.interface import Image, Seen, Subject
from paredown.result import Observation
from paredown.runners.interface import Ended, Launch


@dataclass(frozen=True)
class HostPython:
    """Only `run` of a Machine. The standard library is there and no distribution; `patience` stands in for how long the program waits for an import."""

    folder: Path
    patience: float = 1.0

    def run(self, launch: Launch, *, stdin: bytes = b"", timeout: float) -> Ended:
        _, *words = (word.replace("IDLE = 8.0", f"IDLE = {self.patience}") for word in launch.argv)
        finished = subprocess.run(
            [sys.executable, "-S", *words], cwd=self.folder, env={"PATH": os.defpath, **dict(launch.environment)}, input=stdin, capture_output=True,
            timeout=timeout, check=False,
        )  # fmt: skip
        return Ended(status=finished.returncode, stdout=finished.stdout, stderr=finished.stderr)


@dataclass(frozen=True)
class Saying:
    """A machine on which every program says `stdout` and `stderr`, whatever it is."""

    stdout: bytes = b""
    stderr: bytes = b""

    def run(self, launch: Launch, *, stdin: bytes = b"", timeout: float) -> Ended:
        return Ended(status=1, stdout=self.stdout, stderr=self.stderr)


def subject_of(image: Image, machine: HostPython | Saying, *argv: str, folder: Path = Path("/")) -> Subject:
    """`image` on `machine`, its service started by `argv` in `folder`."""
    launch = Launch(argv=argv, working_directory=str(folder))
    return Subject(image=image, machine=machine, launch=launch, settings=Verification())  # type: ignore[arg-type]


def observed(seen: list[Seen]) -> dict[str, object]:
    """Key -> value of the observations."""
    return {item.key: item.value for item in seen if isinstance(item, Observation)}
