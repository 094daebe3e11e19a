"""Real container engines and the command line, as tests use them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "12345")
BEHAVIOUR = Path(__file__).resolve().parent.parent / "examples" / "lightweight-app" / "tests" / "behaviour.py"


def build(project: Path, *words: str, through: tuple[str, ...] = (), environment: dict[str, str] | None = None, umask: int = -1) -> str:
    """Run `paredown build PROJECT WORDS` without proof, perhaps through another program; the digest that it prints."""
    finished = subprocess.run(
        [*through, sys.executable, "-m", "paredown", "build", str(project), "--no-verify", *words],
        env=environment if environment is not None else dict(os.environ),
        umask=umask,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.split()[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container that was started; `url` is where its port 8000 answers."""

    engine: "Engine"
    id: str
    url: str

    def state(self) -> dict[str, Any]:
        """What the engine says of it."""
        found: dict[str, Any] = json.loads(self.engine.run("inspect", self.id))[0]["State"]
        return found

    def health(self) -> str:
        """starting, healthy or unhealthy."""
        state = self.state()
        return str((state.get("Health") or state.get("Healthcheck") or {}).get("Status", "none"))

    def wait_for_health(self, *wanted: str, seconds: float) -> str:
        """The first of `wanted` that the health check says, or what it says at the end."""
        last = time.monotonic() + seconds
        while (found := self.health()) not in wanted and time.monotonic() < last:
            time.sleep(0.3)
        return found

    def logs(self) -> str:
        """stdout and stderr so far."""
        finished = subprocess.run([self.engine.program, "logs", self.id], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return finished.stdout

    def behaviour(self) -> str:
        """Ask every route; "" when all is as it should be, else what is not."""
        finished = subprocess.run([sys.executable, str(BEHAVIOUR), self.url], capture_output=True, text=True, timeout=120, check=False)
        return "" if finished.returncode == 0 else finished.stdout + finished.stderr + self.logs()


@dataclass(frozen=True, slots=True)
class Engine:
    """Docker or Podman by its program, with the flags that `run` needs on this machine."""

    program: str
    flags: tuple[str, ...] = ()

    def run(self, *words: str) -> str:
        """What the engine prints; an AssertionError with its message when it fails."""
        finished = subprocess.run([self.program, *words], capture_output=True, text=True, timeout=300, check=False)
        assert finished.returncode == 0, f"{self.program} {' '.join(words)}: {finished.stderr}"
        return finished.stdout

    def answers(self) -> bool:
        """Whether the engine can be used."""
        return subprocess.run([self.program, "info"], capture_output=True, timeout=60, check=False).returncode == 0

    def load(self, archive: Path) -> str:
        """The name under which `archive` was loaded."""
        return self.run("load", "--input", str(archive)).split("Loaded image")[-1].split(": ", 1)[-1].strip()

    @contextmanager
    def container(self, image: str, *flags: str, command: tuple[str, ...] = ()) -> Iterator[Container]:
        """`image` running with `flags`, removed at the end."""
        identity = self.run("run", *self.flags, "--detach", "--publish", "127.0.0.1::8000", *flags, image, *command).strip()
        try:
            published = self.run("port", identity, "8000").split()[0]
            yield Container(engine=self, id=identity, url=f"http://{published}")
        finally:
            subprocess.run([self.program, "rm", "--force", identity], capture_output=True, check=False)
