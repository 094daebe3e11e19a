"""What a service writes to standard output and to standard error: lines as templates, without what varies from run to run."""

import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from paredown.probes.interface import Seen
from paredown.result import Observation
from paredown.runners.interface import Service

NAME = "output"

_MOST_TEMPLATES = 400
_MOST_LINES = 5000  # of the beginning, and of the end: a flood is not looked at line by line
_LONGEST_LINE = 2000
_LONGEST_BEGINNING = 80
_LEFT_OUT = re.compile(rb"(?:^[^\n]*)?\n\[\d+ bytes left out\]\n[^\n]*\n?", re.MULTILINE)
# Of a client that went away: whether the service was just reading or writing then is a matter of moments.
_LOST_CLIENT = re.compile(
    rb"(?:^-{20,}\n^Exception occurred during processing of request from .*\n)?"
    rb"^Traceback \(most recent call last\):\n(?:^[ \t].*\n)*^(?:\w+\.)*(?:ConnectionResetError|ConnectionAbortedError|BrokenPipeError)\b.*\n(?:^-{20,}\n)?",
    re.MULTILINE,
)
_COLOUR = re.compile(r"(\x1b\[[0-9;?]*[A-Za-z])")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d+)?(?:\s?[AP]M\b)?(?:\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\b)?"
# In this order: what an earlier one replaced, a later one does not see.
_VARYING = tuple(
    (re.compile(pattern), placeholder)
    for pattern, placeholder in (
        (rf"\b\d{{4}}[-/]\d\d[-/]\d\d(?:[T ]{_CLOCK})?", "<time>"),
        (rf"\b\d{{1,2}}/{_MONTH}/\d{{4}}[: ]{_CLOCK}", "<time>"),
        (rf"\b(?:{_DAY},? )?(?:\d{{1,2}} {_MONTH}|{_MONTH} +\d{{1,2}},?)(?: \d{{4}})?(?: {_CLOCK})?(?: \d{{4}})?\b", "<time>"),
        (rf"\b\d\d/\d\d/\d{{2,4}}(?: {_CLOCK})?", "<time>"),
        (r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b", "<id>"),
        (r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}\b)?", "<address>"),
        (r"\[[0-9a-fA-F]*:[0-9a-fA-F:]*:?[0-9a-fA-F]*\](?::\d{1,5}\b)?", "<address>"),
        (r"(?<![\w:])(?:::1|::)(?![\w:])", "<address>"),
        (rf"\b{_CLOCK}", "<time>"),
        (r"(?<![\w.-])(?:/[\w.+@-]+)+/(?:site|dist)-packages/", "<site>/"),
        (r"(?<![\w.-])(?:/[\w.+@-]+)*/lib/python3\.?\d*(?:/lib-dynload)?/", "<library>/"),
        (r"(?<![\w.-])(?:/[\w.+@-]+)*/s?bin/(?=[\w.-])", "<bin>/"),
        (r"(?<=/)tmp[a-z0-9_]{6,}", "<id>"),
        (r"\b0x[0-9a-fA-F]+\b", "<id>"),
        # An id in hexadecimal may happen to be of digits alone, so it is told like a number.
        (r"(?<![A-Za-z0-9])(?:[0-9a-f]{8,}|[0-9A-F]{8,})(?:[.,]\d+)*(?![A-Za-z0-9])", "<n>"),
        (r"\b(?=\w*[a-z])(?=\w*[A-Z])(?=\w*\d)[\w-]{20,}\b", "<id>"),
        (r"\b\d+(?:[.,]\d+)?(?:[eE]-?\d+)?\s?(?:ns|us|µs|ms|s|secs?|seconds?|milliseconds?|microseconds?)\b", "<duration>"),
        (r"\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?", "<n>"),
    )
)


def template(line: str) -> str:
    """`line` without numbers, times, addresses, ids, durations and the folders that an image happens to have; its colours stay."""
    return "".join(piece if place % 2 else _general(piece) for place, piece in enumerate(_COLOUR.split(line[:_LONGEST_LINE])))


def _general(text: str) -> str:
    for pattern, placeholder in _VARYING:
        text = pattern.sub(placeholder, text)
    return text


def templates(said: bytes, *, ended: bool) -> frozenset[str]:
    """The templates of all lines but those of a traceback about a client that went away.

    A line that is not finished counts only when its writer has `ended`; those beside a gap do not count.
    """
    whole = _LOST_CLIENT.sub(b"", _LEFT_OUT.sub(b"\n", said))
    if not ended:
        whole = whole[: whole.rfind(b"\n") + 1]
    found: dict[str, None] = {}
    lines = list(dict.fromkeys(whole.split(b"\n")))
    for line in lines if len(lines) <= 2 * _MOST_LINES else (*lines[:_MOST_LINES], *lines[-_MOST_LINES:]):
        if line.strip():
            found.setdefault(template(line.decode("utf-8", "replace").rstrip()))
        if len(found) >= _MOST_TEMPLATES:
            break
    return frozenset(found)


def told(stdout: frozenset[str], stderr: frozenset[str], when: str) -> Iterator[Seen]:
    """One observation for each stream. Lines that begin alike are one text, so that what varies within a line can be told from a line that is new."""
    for stream, lines in (("stdout", stdout), ("stderr", stderr)):
        alike: dict[str, list[str]] = defaultdict(list)
        for line in sorted(lines):
            alike[" ".join([word for word in line.split() if "<" not in word][:2])[:_LONGEST_BEGINNING]].append(line)
        yield Observation(probe=NAME, key=f"{stream} {when}", value={start: "\n".join(texts) for start, texts in alike.items()})


@dataclass(frozen=True, slots=True)
class Heard:
    """The output so far, and when (`time.monotonic`) that was."""

    said: tuple[bytes, bytes]
    since: float


def heard(service: Service) -> Heard:
    """What it has written by now."""
    return Heard(service.output(), time.monotonic())


def settled(service: Service, earlier: Heard | None = None, *, quiet: float = 0.4, limit: float = 4.0) -> tuple[bytes, bytes]:
    """Its output once nothing came for `quiet` seconds: what was logged of the last answer comes after that answer. `limit` ends floods.

    Where nothing came since an `earlier` time, the quiet counts from then.
    """
    end = time.monotonic() + limit
    now = heard(service)
    said, since = now.said, earlier.since if earlier and earlier.said == now.said else now.since
    while time.monotonic() < min(since + quiet, end):
        if service.wait(0.05) is not None:
            return service.output()
        now = heard(service)
        if now.said != said:
            said, since = now.said, now.since
    return said
