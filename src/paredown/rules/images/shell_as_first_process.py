"""Finds services that are started by a shell which stays between them and the engine's signals."""

import posixpath
import re
from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule

_SHELLS = ("sh", "dash", "ash", "busybox", "bash", "ksh", "zsh")
_EXEC = re.compile(r"(?:^|[;&|\n(]|\bthen\b|\belse\b|\bdo\b|\))\s*exec\s+(?!\d*[<>])\S")
_SEVERAL = re.compile(r"[;&|\n]")
_SCRIPT = re.compile(rb"#!\s*(?:/usr/bin/env\s+)?\S*\b(?:ba|da|a|k|z)?sh\b")
_LARGEST = 1 << 16  # bytes of a script that is read
_WAITS = re.compile(r"\b(?:trap|wait)\b|\bsupervisord\b|\btini\b|\bdumb-init\b|\bs6-")


@rule(
    id="shell-as-first-process",
    severity=Severity.WARNING,
    summary="a shell is process 1 and keeps SIGTERM from the service",
    why="A shell passes no signal on: `docker stop` waits ten seconds and kills the service, requests in flight or not. "
    "Debian's sh neither becomes a single command nor forwards SIGTERM (measured with dash 0.5.12).",
    sources=("Kludex/uvicorn#1215", "fastapi/fastapi#11960", "https://docs.docker.com/reference/dockerfile/#shell-form-entrypoint-example"),
    same_as=("hadolint DL3025", "buildkit JSONArgsRecommended", "12-factor IX"),
    before=ImageExample(config={"command": ("/bin/sh", "-c", "uvicorn main:app")}),
    after=ImageExample(config={"command": ("uvicorn", "main:app")}),
)
def shell_as_first_process(image: FinishedImage) -> Iterator[Found]:
    words = (*image.config.entrypoint, *image.config.command)
    program = posixpath.basename(words[0]) if words else ""
    if program in _SHELLS:
        option = next((index for index, word in enumerate(words[1:3], start=1) if word.startswith("-") and "c" in word), 0)
        script = words[option + 1] if option and option + 1 < len(words) else ""
        becomes_it = image.program(words[0]) in ("bash", "zsh") and not _SEVERAL.search(script)
        if script and not _EXEC.search(script) and not becomes_it:
            yield Found(
                message=f"{words[0]} is process 1 and does not pass SIGTERM on to `{script if len(script) < 60 else script[:56] + ' ...'}`",
                advice='write the command in exec form, `CMD ["program", "argument"]`, or put `exec` in front of it',
            )
        return
    script = image.text(words[0], _LARGEST) if words else ""
    if _SCRIPT.match(script.encode()) and not _EXEC.search(script) and not _WAITS.search(script):
        yield Found(message=f"{words[0]} stays process 1: a shell script without `exec`", advice='end it with `exec "$@"`, or with `exec` and the service')
