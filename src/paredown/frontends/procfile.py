"""Procfile: its `web` line."""

import re

from paredown.frontends.project_files import ProjectFiles
from paredown.origin import Origin

FILE = "Procfile"


def read(files: ProjectFiles) -> tuple[str, Origin] | None:
    """The command of the `web` process and its place, None when there is none."""
    for number, line in enumerate((files.text(FILE) or "").splitlines(), 1):
        found = re.match(r"web\s*:\s*(\S.*)", line)
        if found:
            return found[1].strip(), Origin(FILE, number)
    return None


def others(files: ProjectFiles) -> tuple[str, ...]:
    """The names of the other processes, which this image does not start."""
    return tuple(name for name in re.findall(r"^([A-Za-z0-9_-]+)\s*:\s*\S", files.text(FILE) or "", re.MULTILINE) if name != "web")
