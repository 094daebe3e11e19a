"""Finds `ENV NAME value`, the old form without an equals sign."""

import re
from collections.abc import Iterator

from paredown.dockerfile.syntax import Instruction, Pair
from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="legacy-pair",
    severity=Severity.INFO,
    summary="ENV or LABEL without an equals sign",
    why="The old form takes the rest of the line for one value, so a second pair in the same instruction becomes a part of the first one's value.",
    sources=("https://docs.docker.com/reference/build-checks/legacy-key-value-format/", "https://docs.docker.com/reference/dockerfile/#env"),
    same_as=("buildkit LegacyKeyValueFormat",),
    safety=Safety.SAFE,
    before="FROM python:3.13-slim\nENV MODE production\nENV GREETING good morning\n",
    after='FROM python:3.13-slim\nENV MODE=production\nENV GREETING="good morning"\n',
)
def legacy_pair(recipe: Recipe) -> Iterator[Found]:
    for instruction in recipe.dockerfile.instructions:
        for pair in instruction.pairs:
            if pair.old:
                text = _modern(recipe.dockerfile.text[pair.span.start : pair.span.end], pair)
                yield Found(
                    message=f"{instruction.name} {pair.name} is written without `=`{_swallowed(instruction, pair)}",
                    span=instruction.span,
                    edits=(Edit(pair.span, text),) if text else (),
                    advice="" if text else f"write `{instruction.name} {pair.name}=...`, with quotes around the value",
                )


def _modern(written: str, pair: Pair) -> str | None:
    """The same in the new form; None where quotes, escapes or further lines make it another matter."""
    value = pair.value or ""
    if not value or "\n" in written:
        return None
    if re.fullmatch(r'[^\s"\'\\`]+|"[^"\\`]*"|\'[^\'\\`]*\'', value):
        return f"{pair.name}={value}"
    return f'{pair.name}="{value}"' if not re.search(r"[\"'\\`]", value) else None


def _swallowed(instruction: Instruction, pair: Pair) -> str:
    other = re.search(r"\s(\w+)=", f" {pair.value}")
    return f", so {other[1]} becomes a part of its value" if other and instruction.name == "ENV" else ""
