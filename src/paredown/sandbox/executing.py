"""A program run beside one that runs in a sandbox already, as an engine's `exec` does it."""

import json
import os
import re
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from paredown.errors import WorldError
from paredown.sandbox import bubblewrap
from paredown.sandbox.inner_network import INSIDER
from paredown.sandbox.output import Output
from paredown.sandbox.running import Finished, Running, in_memory, late

_STARTING = 10  # seconds that a busy machine may take on top
_PAUSE = 0.005
_TRAILING = 1.0  # seconds for output of children that stayed
_CANNOT_START, _NOT_THERE = 126, 127  # as shells and engines have it


def execute(running: Running, argv: Sequence[str], *, environment: Mapping[str, str], working_directory: str, timeout: float) -> Finished:
    """`argv` in the namespaces of `running`, with its user and capabilities, run to its end; then its session is ended.

    Status 126 or 127 and a sentence on standard error when it cannot be started. WorldError after `timeout` seconds, ConnectionAbortedError when
    what runs in the sandbox has ended.
    """
    _await_start(running)
    wanted = {
        "pid": running.pid, "alive": running.process, "argv": list(argv), "environment": dict(environment), "folder": working_directory,
        "timeout": timeout, "capabilities": _capabilities(running.pid),
    }  # fmt: skip
    with ExitStack() as stack:
        request = in_memory(json.dumps(wanted).encode(), stack)
        result = in_memory(b"", stack)
        insider = subprocess.Popen(
            [*INSIDER, "execute", str(os.getpid()), str(request), str(result)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={}, pass_fds=(request, result, running.process), start_new_session=True, umask=0o022,
        )  # fmt: skip
        stack.callback(insider.wait)
        stack.callback(insider.kill)
        assert insider.stdout is not None  # noqa: S101 - Popen was asked for pipes
        assert insider.stderr is not None  # noqa: S101
        out, err = Output(insider.stdout, "stdout"), Output(insider.stderr, "stderr")
        stack.callback(out.close)
        stack.callback(err.close)
        if not _has_ended(insider.pid, timeout + _STARTING):
            raise late(argv[0], timeout, err.read())
        stdout, stderr = out.finish(_TRAILING), err.finish(_TRAILING)
        ended = _answer(result)
    if "gone" in ended or (not ended and running.wait(0) is not None):
        raise ConnectionAbortedError("the sandbox has ended")
    if "late" in ended:
        raise late(argv[0], timeout, stderr)
    if "errno" in ended:
        status = _NOT_THERE if ended["errno"] == 2 else _CANNOT_START
        return Finished(status=status, stdout=b"", stderr=f"{argv[0]} cannot be started: {os.strerror(ended['errno'])}\n".encode())
    if "status" not in ended:
        reason = ended.get("failed") or stderr.decode("utf-8", "replace").strip()[-500:]
        raise WorldError(f"the sandbox cannot be entered: {reason}")
    return Finished(status=ended["status"], stdout=stdout, stderr=stderr)


def _await_start(running: Running) -> None:
    """Wait until bubblewrap, which makes the sandbox in what is to become process 1, has become the program."""
    end = time.monotonic() + _STARTING
    while running.wait(0) is None:
        try:
            begun = not os.path.samefile(f"/proc/{running.pid}/exe", bubblewrap.required())
        except OSError:
            begun = False
        # A program that nobody may read does not show: time tells.
        if begun or time.monotonic() > end:
            return
        time.sleep(_PAUSE)
    raise ConnectionAbortedError("the sandbox has ended")


def _has_ended(process: int, timeout: float) -> bool:
    handle = os.pidfd_open(process)
    try:
        return bool(select.select([handle], [], [], timeout)[0])
    finally:
        os.close(handle)


def _answer(result: int) -> dict[str, int]:
    os.lseek(result, 0, os.SEEK_SET)
    with open(os.dup(result), encoding="utf-8") as stream:
        return dict(json.loads(stream.read() or "{}"))


def _capabilities(pid: int) -> int:
    """The mask of those that process `pid` has."""
    try:
        found = re.search(r"^CapPrm:\s*([0-9a-f]+)$", Path(f"/proc/{pid}/status").read_text("ascii", "replace"), re.MULTILINE)
    except OSError:
        return 0
    return int(found.group(1), 16) if found else 0
