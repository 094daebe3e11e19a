"""What the comments of a Dockerfile silence: ours, hadolint's, and BuildKit's `check` directive."""

import re
from dataclasses import dataclass

from paredown.dockerfile.syntax import Comment, Dockerfile, Instruction
from paredown.rules.interface import Rule

_OURS = re.compile(r"paredown:?\s+ignore\s*=\s*([\w,\s-]+)", re.IGNORECASE)
_HADOLINT = re.compile(r"hadolint\s+ignore\s*=\s*([\w,\s]+)", re.IGNORECASE)
_OURS_GLOBAL = re.compile(r"paredown:?\s+global\s+ignore\s*=\s*([\w,\s-]+)", re.IGNORECASE)
_HADOLINT_GLOBAL = re.compile(r"hadolint\s+global\s+ignore\s*=\s*([\w,\s]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Silence:
    """Names that are silenced, by paredown's id or as other linters call them: everywhere, and from a line to a line."""

    everywhere: frozenset[str]
    places: tuple[tuple[int, int, frozenset[str]], ...]

    def covers(self, rule: Rule, line: int) -> bool:  # type: ignore[type-arg]
        """Whether what `rule` finds on `line` shall not be told."""
        names = {"all", rule.card.id, *(name.split()[-1] for name in rule.same_as)}
        return bool(names & self.everywhere) or any(first <= line <= last and names & silenced for first, last, silenced in self.places)


SILENT_ABOUT_NOTHING = Silence(frozenset(), ())


def silence_in(text: str) -> Silence:
    """What the comments (`#`) of a compose or ignore file say: one on a line of its own counts for the next line, one behind something for its own."""
    everywhere: set[str] = set()
    places: list[tuple[int, int, frozenset[str]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        before, mark, comment = line.partition("#")
        if mark and (found := _OURS_GLOBAL.search(comment)):
            everywhere |= _names(found[1])
        elif mark and (found := _OURS.match(comment.strip())):
            last = number if before.strip() else number + 1
            places.append((number, last, frozenset(_names(found[1]))))
    return Silence(frozenset(everywhere), tuple(places))


def silence_of(dockerfile: Dockerfile) -> Silence:
    """What the comments and directives of `dockerfile` say. A comment counts for the instruction below it."""
    everywhere: set[str] = set()
    for name, value in dockerfile.directives:
        if name == "check":
            skipped = re.search(r"skip=([\w,]+)", value)
            everywhere |= _names(skipped[1]) if skipped else set()
    places: list[tuple[int, int, frozenset[str]]] = []
    for comment in dockerfile.comments:
        for pattern in (_OURS_GLOBAL, _HADOLINT_GLOBAL):
            if found := pattern.search(comment.text):
                everywhere |= _names(found[1])
        below = _below(comment, dockerfile)
        if below is not None and (found := _OURS.match(comment.text) or _HADOLINT.match(comment.text)):
            places.append((below.line, below.end_line, frozenset(_names(found[1]))))
    return Silence(frozenset(everywhere), tuple(places))


def _names(text: str) -> set[str]:
    return {name.strip() for name in text.split(",") if name.strip()}


def _below(comment: Comment, dockerfile: Dockerfile) -> Instruction | None:
    return next((instruction for instruction in dockerfile.instructions if instruction.end_line > comment.line), None)
