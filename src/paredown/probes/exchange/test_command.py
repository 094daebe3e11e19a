"""The user's own test command, run on this machine against the service of each run, and which of its tests went well."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from paredown.errors import UserError
from paredown.result import Observation

_MOST_OUTPUT = 4 * 1024 * 1024
_MOST_LINES = 5000
_LONGEST_LINE = 500

_COLOURS = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
_VERDICTS = re.compile(
    r"\b(?:ok|pass(?:ed|es|ing)?|fail(?:ed|s|ing|ures?)?|err(?:or|ors|ored)?|skip(?:ped)?|xfail(?:ed)?|xpass(?:ed)?|wrong|traceback)\b|[✓✔✗✘✖]", re.IGNORECASE
)
_DURATION = re.compile(r"\b\d+(?:[.,]\d+)?\s?(?:ns|µs|us|ms|s|sec|secs|seconds?|m|min|minutes?)\b|\b\d+:\d\d(?::\d\d)?(?:\.\d+)?\b|[+-]?\d{4}-\d\d-\d\d\b")
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}\b")
_WORKER = re.compile(r"^\[gw\d+\]\s*|\[\s*\d+%\]|/pytest-\d+(?=/)")


def check(words: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> None:
    """UserError when there is no such program as the command names."""
    program = words[0]
    found = (folder / program).is_file() if "/" in program else shutil.which(program, path=environment.get("PATH"))
    if not found:
        raise _not_started(program, "there is no such program")


def _not_started(program: str, why: str) -> UserError:
    return UserError(f"the test command {program} cannot be started: {why}", fix="`test` in [tool.paredown.verify] is a list of words, the first a program")


def run_test(service_url: str, words: tuple[str, ...], folder: Path, environment: Mapping[str, str], timeout: float) -> Observation:
    """How `words`, with `{url}` in them replaced, ends in `folder`, and its lines that tell of tests, in no order.

    `environment` is all of the command's. UserError when it cannot be started.
    """
    argv = [word.replace("{url}", service_url) for word in words]
    with tempfile.TemporaryFile() as output:
        try:
            # In a session of its own: what it starts can be ended with it.
            process = subprocess.Popen(
                argv, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        except OSError as error:
            raise _not_started(words[0], error.strerror or "it is none") from None
        try:
            status: int | str = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = f"not ended within {timeout:g} s"
        finally:
            _end(process)
        output.seek(0)
        text = _COLOURS.sub(b"", output.read(_MOST_OUTPUT)).decode("utf-8", "replace")
    return Observation(probe="test", key=" ".join(words), value={"status": status, "lines": _lines(text, service_url)})


def _lines(text: str, service_url: str) -> list[str]:
    """The lines that tell how tests went, without what differs from run to run by time, place and order alone."""
    plain = text.replace(service_url, "{url}").replace(service_url.partition("://")[2], "{host}")
    found = []
    for line in plain.splitlines():
        if _VERDICTS.search(line):
            for pattern, stand_in in ((_WORKER, ""), (_DURATION, "{time}"), (_ADDRESS, "{address}")):
                line = pattern.sub(stand_in, line)
            found.append(" ".join(line.split())[:_LONGEST_LINE])
    return sorted(found)[:_MOST_LINES]


def _end(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the command and whatever of it is left."""
    with suppress(ProcessLookupError):  # nothing is left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
