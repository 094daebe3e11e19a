"""Finds exceptions (`!`) that bring nothing back."""

from collections.abc import Iterator

from paredown.dockerfile.ignore_file import rules_of
from paredown.rules.ignore_list import IgnoreList, Pattern
from paredown.rules.interface import Found, Severity, rule

_SPECIAL = frozenset("*?[\\")


@rule(
    id="ignore-exception-idle",
    severity=Severity.WARNING,
    summary="an exception (`!`) has no effect",
    why="The last line that matches a path decides: an exception before the pattern that leaves the path out, or without any such pattern, changes nothing.",
    sources=("https://docs.docker.com/build/concepts/context/#dockerignore-files",),
    before="!README.md\n*.md\n",
    after="*.md\n!README.md\n",
)
def ignore_exception_idle(ignore: IgnoreList) -> Iterator[Found]:
    for place, pattern in enumerate(ignore.patterns):
        path = pattern.text.strip("/").removeprefix("./")
        if not pattern.back or not path or not _SPECIAL.isdisjoint(path):
            continue
        earlier = [other for other in ignore.patterns[:place] if not other.back]
        again = next((other for other in ignore.patterns[place + 1 :] if not other.back and _matches(other, path)), None)
        if again is not None and not any(other.back and other.text.strip("/") == path for other in ignore.patterns[place + 1 :]):
            yield Found(
                message=f"{path} is left out all the same, by `{again.written}` further down",
                span=pattern.span,
                advice=f"move `{pattern.written}` below it",
            )
        elif not any(_matches(other, path) or _reaches_below(other, path) for other in earlier):
            yield Found(
                message=f"no line before this one leaves {path} out",
                span=pattern.span,
                advice="leave it out, or move it below the pattern that it is for",
            )


def _matches(pattern: Pattern, path: str) -> bool:
    return rules_of(pattern.text, "").ignores(path)


def _reaches_below(pattern: Pattern, folder: str) -> bool:
    """Whether the pattern may leave out something in `folder`, should that be one."""
    text = pattern.text.strip("/")
    return "**" in text or text.count("/") > folder.count("/")
