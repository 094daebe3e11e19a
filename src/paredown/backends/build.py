"""One build by an engine: its command, its time, and of one that fails the step, its last lines and its place in the Dockerfile."""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from paredown.backends.interface import Backend, Built, Order
from paredown.dockerfile.parse import decoded, parse
from paredown.errors import UserError, WorldError
from paredown.oci.engine import call
from paredown.origin import Origin

_MOST_SECONDS = 3600
_TOLD = 60  # characters of an instruction by which it is found again; engines shorten long ones
_SHOWN = 100  # characters of the instruction in the message
_NO_BUILDX = "buildx component is missing"  # as Docker 23 and later says it
_LINES_BEFORE = 3  # shown of what is said when no step has begun
_LINES = 12  # of a failed step's output that are shown
_STEP = re.compile(r"^#(?P<number>\d+) \[(?:(?P<stage>[^\]\s]+) )?\d+/\d+\] (?P<text>.+)$", re.MULTILINE)
_FAILED = re.compile(r"^#(?P<number>\d+) ERROR: (?P<reason>.+)$", re.MULTILINE)
_OF_STEP = r"^#{} (?:\d+\.\d+ )(.*)$"
_CLASSIC = re.compile(r"^(?:STEP|Step) \d+(?:/\d+)?\s*:\s*(?P<text>.+)$", re.MULTILINE)


def build(backend: Backend, order: Order, environment: Mapping[str, str]) -> Built:
    """Build what `order` says. Raises UserError for a Dockerfile that does not build, with the step and the last lines it said.

    Raises WorldError when the engine gives no answer.
    """
    started = time.monotonic()
    status, log = _run(_command(backend, order), {**environment, "DOCKER_BUILDKIT": "1", "BUILDKIT_PROGRESS": "plain"})
    if status != 0:
        raise _failure(log, order, backend)
    return Built(tag=order.tag, seconds=time.monotonic() - started, log=log)


def remove(backend: Backend, tag: str, environment: Mapping[str, str]) -> None:
    """Take the name `tag` from the engine, and the image with it when nothing else holds that."""
    call([backend.program, "rmi", tag], environment, seconds=60)


def _command(backend: Backend, order: Order) -> list[str]:
    fresh = [] if order.cached else ["--no-cache"]
    match backend.name:
        case "docker" if backend.buildx:
            start = ["buildx", "build", "--progress=plain", "--load"]
        case "docker":
            start = ["build", "--progress=plain"]
        case _:
            # The Docker format keeps HEALTHCHECK and SHELL, which OCI's has no place for.
            start = ["build", "--format=docker", "--layers"]
    return [backend.program, *start, *fresh, "--tag", order.tag, "--file", str(order.dockerfile), *order.options, str(order.context)]


def _run(argv: list[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Exit status and all output; a build that is interrupted is ended with what it started."""
    with tempfile.TemporaryFile() as output:
        with subprocess.Popen(
            argv, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        ) as process:
            try:
                status = process.wait(_MOST_SECONDS)
            except BaseException as error:
                _end(process)
                if isinstance(error, subprocess.TimeoutExpired):
                    raise WorldError(
                        f"the build took more than {_MOST_SECONDS // 60} minutes", fix="see what it waits for with the engine's own build"
                    ) from error
                raise
        output.seek(0)
        return status, output.read().decode("utf-8", "replace")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)


def _failure(log: str, order: Order, backend: Backend) -> UserError | WorldError:
    step, said = _failed_step(log)
    lines = [line.rstrip() for line in said if line.strip()][-_LINES:]
    if step is None:
        if _NO_BUILDX in log:
            return WorldError("this docker builds only with its plug-in buildx, which is not installed", fix="install it: https://docs.docker.com/go/buildx/")
        last = [line.strip() for line in log.splitlines() if line.strip()][-_LINES_BEFORE:] or ["it gives no message"]
        return WorldError(f"{backend.name} does not build {order.dockerfile.name}" + "".join(f"\n    | {line}" for line in last), where=order.dockerfile.name)
    text = "".join(f"\n    | {line}" for line in lines)
    what = f"the build fails at `{_shortened(step)}`{text}"
    return UserError(what, where=_origin(step, order.dockerfile), fix=f"try it alone: {backend.name} build -f {order.dockerfile.name} .")


def _failed_step(log: str) -> tuple[str | None, list[str]]:
    """The instruction that failed, as the engine tells it, and what it said."""
    failed = _FAILED.search(log)
    if failed is not None:
        number = failed["number"]
        steps = {found["number"]: found["text"] for found in _STEP.finditer(log)}
        said = re.findall(_OF_STEP.format(number), log, re.MULTILINE)
        return steps.get(number) or failed["reason"], [*said, failed["reason"]]
    classic = list(_CLASSIC.finditer(log))
    if classic:
        return classic[-1]["text"].strip(), log[classic[-1].end() :].splitlines()
    return None, []


def _origin(step: str, path: Path) -> Origin:
    """The line of the instruction that the engine tells of; it joins continued lines and collapses white space."""
    told = _collapsed(step)[:_TOLD]
    document = parse(decoded(path.read_bytes(), path.name), path.name)
    for instruction in document.instructions:
        flags = " ".join(document.text[flag.span.start : flag.span.end] for flag in instruction.flags)
        if _collapsed(f"{instruction.name} {flags} {instruction.arguments.text}").startswith(told):
            return Origin(path.name, instruction.line)
    return Origin(path.name)


def _shortened(step: str) -> str:
    line = _collapsed(re.sub(r"--mount=\S+", "", step))
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _collapsed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
