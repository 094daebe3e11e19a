"""Finds patterns with a comment behind them, which an ignore file takes for a part of the pattern."""

import re
from collections.abc import Iterator

from paredown.dockerfile.syntax import Span
from paredown.rules.ignore_list import IgnoreList
from paredown.rules.interface import Edit, Found, Severity, rule

_COMMENT = re.compile(r"[ \t]+#")


@rule(
    id="ignore-comment-is-pattern",
    severity=Severity.WARNING,
    summary="a pattern has a comment behind it, so it matches nothing",
    why="Only a line that starts with `#` is a comment; behind a pattern it belongs to the file name that is looked for, and what was to stay out comes in.",
    sources=("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    before=".git\n.env  # secrets\n",
    after=".git\n# secrets\n.env\n",
)
def ignore_comment_is_pattern(ignore: IgnoreList) -> Iterator[Found]:
    for pattern in ignore.patterns:
        if found := _COMMENT.search(pattern.written):
            plain, comment = pattern.written[: found.start()], pattern.written[found.start() :].strip()
            yield Found(
                message=f"`{comment}` belongs to the pattern, so {plain} is not left out",
                span=Span(pattern.span.start + found.start(), pattern.span.end),
                edits=(Edit(pattern.span, f"{comment}\n{plain}"),),
            )
