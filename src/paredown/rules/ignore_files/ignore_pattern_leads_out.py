"""Finds patterns that lead out of the folder that is built from."""

import posixpath
from collections.abc import Iterator

from paredown.rules.ignore_list import IgnoreList
from paredown.rules.interface import Found, Severity, rule


@rule(
    id="ignore-pattern-leads-out",
    severity=Severity.WARNING,
    summary="a pattern leads out of the build's folder, so it matches nothing",
    why="Patterns are seen from the folder that is built from; what lies above it never comes in, and what was meant does.",
    sources=("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    before="../secrets\n",
    after="**/secrets\n",
)
def ignore_pattern_leads_out(ignore: IgnoreList) -> Iterator[Found]:
    for pattern in ignore.patterns:
        if posixpath.normpath(pattern.text).startswith("../") or pattern.text.startswith("~"):
            yield Found(
                message=f"`{pattern.text}` matches nothing: it leads out of the folder that is built from",
                span=pattern.span,
                advice="write it as seen from that folder",
            )
