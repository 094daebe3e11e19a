"""Finds start commands and health checks whose program the image does not have."""

import re
from collections.abc import Iterator

from paredown.oci.model import HealthTest
from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.tree import file_of

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_WORD = re.compile(r"\s*(?:exec\s+)?([\w./+-]+)(?=\s|$)")
_BUILT_IN = frozenset(
    {"test", "true", "false", "exit", "if", "for", "while", "set", "cd", "export", "exec", "echo", "printf", "source", ".", "eval", "command"}
)
_SHELL = {"bin/sh": file_of(b"", mode=0o755)}


@rule(
    id="image-program-missing",
    severity=Severity.ERROR,
    summary="the start command or the health check names a program that is not there",
    why="Such a container does not start; with a health check that cannot run it is unhealthy for ever, and an orchestrator stops it over and over.",
    sources=("Osmantic/ODS#584", "open-webui/oikb#59", "OriNachum/autonomous-intelligence#25"),
    before=ImageExample(config={"health": HealthTest(test=("CMD-SHELL", "curl -f http://localhost:8000/"))}, layers=(("FROM python:3.13-slim", _SHELL),)),
    after=ImageExample(
        config={"health": HealthTest(test=("CMD-SHELL", "curl -f http://localhost:8000/"))},
        layers=(("FROM python:3.13", {**_SHELL, "usr/bin/curl": file_of(b"", mode=0o755)}),),
    ),
)
def image_program_missing(image: FinishedImage) -> Iterator[Found]:
    words = (*image.config.entrypoint, *image.config.command)
    if words and image.tree and not _is_there(words[0], image):
        yield Found(message=f"the image starts {words[0]}, which it does not have", advice="install it in the last stage, or name one that is there")
    kind, *test = image.config.health.test if image.config.health else ("NONE",)
    program = ""
    if kind == "CMD" and test:
        program = test[0]
    elif kind == "CMD-SHELL" and test:
        found = _WORD.match(test[0])
        program = "/bin/sh" if not _is_there("/bin/sh", image) else found[1] if found and found[1] not in _BUILT_IN else ""
    if program and not _is_there(program, image):
        yield Found(
            message=f"the health check starts {program}, which the image does not have: it never becomes healthy",
            advice="ask with what is there, `CMD python -c` with urllib.request in exec form, or install the program in the last stage",
        )


def _is_there(program: str, image: FinishedImage) -> bool:
    if "/" in program:
        return image.tree.resolve(program if program.startswith("/") else f"{image.config.working_directory}/{program}") is not None
    folders = (dict(image.config.environment).get("PATH") or _PATH).split(":")
    return any(image.tree.resolve(f"{folder}/{program}") for folder in folders)
