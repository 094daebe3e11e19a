"""Every module that the image's Python can find is imported, in the image, as the service would."""

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from paredown.errors import WorldError
from paredown.probes.interface import Seen, Subject, Unproven
from paredown.result import Coverage, Observation, Skipped

PROBE = "modules"
_PROGRAM = Path(__file__).with_name("programs") / "import_all.py"
_SECONDS = 600  # for all of it; a few thousand modules take five
_TARGET = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):[A-Za-z_][\w.]*(?:\(.*\))?")  # package.module:app
_PATH_OPTIONS = ("--app-dir", "--chdir", "--pythonpath", "--workdir")
_APP_OPTIONS = ("-A", "--app")


def observe(subject: Subject) -> Iterator[Seen]:
    """One observation for each module, each distribution whose version can be asked for, and each entry point that can be loaded.

    What fails is tried again behind the module that the start command names, as some code wants settings or models to be loaded first.
    """
    if not subject.image.python:
        yield Unproven(what="modules", reason="the image has no Python that could import them")
        return
    launch = replace(
        subject.launch,
        argv=(subject.image.python, "-c", _PROGRAM.read_text("utf-8")),
        environment=(*((name, value) for name, value in subject.launch.environment if name != "PYTHONDONTWRITEBYTECODE"), ("PYTHONDONTWRITEBYTECODE", "1")),
    )
    try:
        ended = subject.machine.run(launch, stdin=json.dumps(_asked(subject)).encode(), timeout=_SECONDS + 60)
    except WorldError as error:
        yield Unproven(what="modules", reason=error.what)
        return
    yield from _seen(_lines(ended.stdout), f"{_last(ended.stderr)} (status {ended.status})")


def _asked(subject: Subject) -> dict[str, Any]:
    """What the program is told: where the service's modules lie, which it starts with, which files are the start command itself."""
    argv, folder = subject.launch.argv, subject.launch.working_directory
    folders: list[str] = []
    first: list[str] = []
    scripts: list[str] = []
    for position, word in enumerate(argv):
        before = argv[position - 1] if position else ""
        option, _, value = word.partition("=")
        if word.endswith(".py"):
            scripts.append(posixpath.join(folder, word))
            folders.append(posixpath.dirname(scripts[-1]))
        elif found := _TARGET.fullmatch(word):
            first.append(found[1])
        elif before in _APP_OPTIONS:
            first.append(word)
        elif before in _PATH_OPTIONS or option in _PATH_OPTIONS:
            folders.append(posixpath.join(folder, value if option in _PATH_OPTIONS and value else word))
    return {"folders": [*dict.fromkeys(folders), folder], "first": first, "scripts": scripts, "seconds": _SECONDS}


def _lines(output: bytes) -> list[list[Any]]:
    found = []
    for line in output.splitlines():
        try:
            words = json.loads(line)
        except ValueError:
            continue  # cut off, or not of the program
        if isinstance(words, list) and words and all(isinstance(word, str | bool | None) for word in words):
            found.append(words)
    return found


def _seen(lines: list[list[Any]], ending: str) -> Iterator[Seen]:
    known: set[str] = set()
    tried: set[str] = set()
    left_out: dict[str, list[str]] = defaultdict(list)
    complete = False
    for line in lines:
        match line:
            case ["", str() as reason, str() as name]:
                left_out[reason].append(name)
                known.add(name)
            case [str() as name, str() | None as complaint, bool() as ended]:
                yield Observation(probe=PROBE, key=name, value=complaint, kept=True)
                if " " not in name:
                    known.add(name)
                    if ended:
                        tried.add(name)
            case ["end"]:
                complete = True
    for reason, names in sorted(left_out.items()):
        yield Skipped(what=f"import of {_counted(names)}", reason=reason)
    if not complete:
        yield Unproven(what="modules", reason=f"importing them did not come to an end: {ending}" if known else f"none could be imported: {ending}")
    yield Coverage(what="modules", exercised=frozenset(tried), known=frozenset(known))


def _counted(names: list[str]) -> str:
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"


def _last(text: bytes) -> str:
    lines = [line.strip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no word of why"
