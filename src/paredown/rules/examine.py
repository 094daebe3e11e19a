"""Rules asked of a Dockerfile: what they find less what its comments silence, and the file mended by the safe ones."""

from collections.abc import Iterable
from functools import partial

from paredown.dockerfile.parse import parse
from paredown.errors import UserError
from paredown.finding import Finding
from paredown.rules import mending
from paredown.rules.dockerfiles import RULES, DockerfileRule
from paredown.rules.findings import findings_of
from paredown.rules.recipe import Context, recipe_of
from paredown.rules.silence import silence_of


def examine(text: str, file: str, context: Context | None, rules: Iterable[DockerfileRule] = RULES, *, place: str | None = None) -> tuple[Finding, ...]:
    """What `rules` find in the Dockerfile `text`, called `file` as findings shall name it, by place.

    `place` is its path in the context, beside which its own ignore file lies; the last part of `file` when it is not given.
    Raises UserError for a text without any FROM: it is no Dockerfile.
    """
    dockerfile = parse(text, file)
    if not any(instruction.name == "FROM" for instruction in dockerfile.instructions):
        what = "is empty" if not text.strip() else "has no FROM, so it is no Dockerfile"
        raise UserError(f"{file} {what}", where=file, fix="start it with FROM and the image to start from")
    recipe = recipe_of(dockerfile, context, place or file.rpartition("/")[2])
    return findings_of(rules, recipe, text, file, silence_of(dockerfile))


def mended(
    text: str, file: str, context: Context | None, rules: Iterable[DockerfileRule] = RULES, *, only_safe: bool = True
) -> tuple[str, tuple[Finding, ...]]:
    """`text` with the edits of its findings made, and these findings; with `only_safe` False also those that may change behaviour."""
    return mending.mended(text, partial(examine, file=file, context=context, rules=tuple(rules)), only_safe=only_safe)
