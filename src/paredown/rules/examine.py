"""Rules asked of a Dockerfile: what they find less what its comments silence, and the file mended by the safe ones."""

from collections.abc import Iterable

from paredown.dockerfile.parse import parse
from paredown.dockerfile.syntax import Edit, edited
from paredown.errors import UserError
from paredown.result import Finding
from paredown.rules.dockerfiles import RULES, DockerfileRule
from paredown.rules.findings import findings_of
from paredown.rules.recipe import Context, recipe_of
from paredown.rules.silence import silence_of

_MOST_ROUNDS = 50  # an edit that brings back what another one took would go on for ever


def examine(text: str, file: str, context: Context | None, rules: Iterable[DockerfileRule] = RULES) -> tuple[Finding, ...]:
    """What `rules` find in the Dockerfile `text`, called `file` as findings shall name it, by place.

    Raises UserError for a text without any FROM: it is no Dockerfile.
    """
    dockerfile = parse(text, file)
    if not any(instruction.name == "FROM" for instruction in dockerfile.instructions):
        what = "is empty" if not text.strip() else "has no FROM, so it is no Dockerfile"
        raise UserError(f"{file} {what}", where=file, fix="start it with FROM and the image to start from")
    recipe = recipe_of(dockerfile, context, file.rpartition("/")[2])
    return findings_of(rules, recipe, text, file, silence_of(dockerfile))


def mended(
    text: str, file: str, context: Context | None, rules: Iterable[DockerfileRule] = RULES, *, only_safe: bool = True
) -> tuple[str, tuple[Finding, ...]]:
    """`text` with the edits of its findings made, and these findings; with `only_safe` False also those that may change behaviour.

    One round makes the edits that do not touch each other, then the rules look again, until nothing is left that an edit could mend.
    """
    rules = tuple(rules)
    made: list[Finding] = []
    for _ in range(_MOST_ROUNDS):
        chosen: list[Edit] = []
        for finding in examine(text, file, context, rules):
            if finding.edits and (finding.safe or not only_safe) and not any(_touch(edit, other) for edit in finding.edits for other in chosen):
                chosen += finding.edits
                made.append(finding)
        if not chosen:
            break
        text = edited(text, chosen)
    return text, tuple(made)


def _touch(edit: Edit, other: Edit) -> bool:
    if edit == other:
        return True
    return edit.span.start <= other.span.end and other.span.start <= edit.span.end
