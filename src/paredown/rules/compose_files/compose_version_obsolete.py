"""Finds the `version:` key that Compose does not read any more."""

import re
from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Edit, Found, Safety, Severity, rule


@rule(
    id="compose-version-obsolete",
    severity=Severity.INFO,
    summary="the file says `version:`, which Compose ignores",
    why="Compose takes the newest schema whatever it says, and warns of it at each start.",
    sources=("https://docs.docker.com/reference/compose-file/version-and-name/#version-top-level-element-obsolete",),
    safety=Safety.SAFE,
    before='version: "3.8"\n\nservices:\n  web:\n    image: web:1\n',
    after="services:\n  web:\n    image: web:1\n",
)
def compose_version_obsolete(compose: ComposeFile) -> Iterator[Found]:
    if "version" not in compose.root.members:
        return
    key, value = compose.root.members["version"]
    start, end = compose.text.rfind("\n", 0, key.span.start) + 1, value.span.end
    rest = compose.text[end:]
    behind = re.match(r"[^\n]*(?:\n(?:[ \t]*\r?\n)*|\Z)", rest)
    alone = compose.text[start : key.span.start] == "" and "\n" not in compose.text[start:end]
    yield Found(
        message="Compose does not read `version` any more",
        span=Span(key.span.start, end),
        edits=(Edit(Span(start, end + behind.end()), ""),) if alone and behind else (),
        advice="leave it out",
    )
