"""Another slimmer, mint (once docker-slim), whose program a person points at: run on an image as it comes, in the same Docker."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import observed

_ERROR = re.compile(r'level=(?:error|fatal) msg="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Peered:
    """What it made under `tag` in how long; `complaint` where it made none."""

    tag: str
    seconds: float
    complaint: str


def peered(program: Path, image: str, scratch: Path) -> Peered:
    """Let it slim `image`, with its own defaults: it starts the service, asks its pages, and keeps what was opened."""
    tag = f"{image.partition(':')[0]}:peer"
    words = [str(program), "--state-path", str(scratch / "peer"), "--check-version=false", "--report", "off", "slim", "--target", image, "--tag", tag]
    found = observed(words, os.environ)
    said = found.said + found.complaint
    complaint = first[1] if (first := _ERROR.search(said)) else said[-1500:]
    return Peered(tag, found.seconds, "" if found.code == 0 else complaint)
