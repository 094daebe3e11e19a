"""Removes what a run made in an engine when the run dies: a program of its own, which waits for its standard input to end.

Its arguments are the engine's program, the run, and the words that remove a container. A byte on standard input says that all was removed in order.
"""

import os
import signal
import subprocess
import sys
import time

LABEL = "org.paredown.run"
SECONDS = 60  # for one command of the engine
PAUSES = (0.0, 1.0, 3.0, 6.0)  # before each look: a command that was under way when the run died may still make something


def image_of(run: str) -> str:
    """The name of the image that a run loads."""
    return f"localhost/paredown-{run}:image"


def sweep(program: str, run: str, remove: list[str], environment: dict[str, str]) -> bool:
    """Remove the containers, volumes and image of `run`; whether there were any."""
    label = f"label={LABEL}={run}"

    def lines(*words: str) -> list[str]:
        done = subprocess.run(
            [program, *words], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=SECONDS, check=False, start_new_session=True,
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace").split() if done.returncode == 0 else []

    found = False
    # A container whose network others joined goes after them.
    for _ in range(3):
        containers = lines("ps", "--all", "--quiet", "--filter", label)
        found = found or bool(containers)
        if not containers:
            break
        lines(*remove, *containers)
    volumes = lines("volume", "ls", "--quiet", "--filter", label)
    if volumes:
        lines("volume", "rm", "--force", *volumes)
    image = lines("images", "--quiet", image_of(run))
    if image:
        lines("rmi", image_of(run))
    return found or bool(volumes or image)


def main(program: str, run: str, remove: list[str]) -> None:
    """Wait for the end of the run, and remove what it left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if os.read(0, 1):
        return
    for pause in PAUSES:
        time.sleep(pause)
        try:
            sweep(program, run, remove, dict(os.environ))
        except (OSError, subprocess.SubprocessError):
            continue  # the engine may be busy; there is nobody to tell


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
