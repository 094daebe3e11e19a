"""Finds MAINTAINER, which labels have replaced."""

import json
from collections.abc import Iterator

from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="maintainer-deprecated",
    severity=Severity.INFO,
    summary="MAINTAINER instead of a label",
    why="MAINTAINER is deprecated since Docker 1.13; tools that list who is responsible for an image read the label org.opencontainers.image.authors.",
    sources=("https://docs.docker.com/reference/build-checks/maintainer-deprecated/", "https://github.com/hadolint/hadolint/wiki/DL4000"),
    same_as=("hadolint DL4000", "buildkit MaintainerDeprecated"),
    safety=Safety.SAFE,
    before="FROM python:3.13-slim\nMAINTAINER Ada <ada@example.org>\n",
    after='FROM python:3.13-slim\nLABEL org.opencontainers.image.authors="Ada <ada@example.org>"\n',
)
def maintainer_deprecated(recipe: Recipe) -> Iterator[Found]:
    for instruction in recipe.dockerfile.instructions:
        if instruction.name == "MAINTAINER" and instruction.words:
            author = instruction.words[0].text
            keyword = "LABEL" if instruction.keyword.isupper() else "label"
            label = f"{keyword} org.opencontainers.image.authors={json.dumps(author, ensure_ascii=False)}"
            yield Found(message=f"MAINTAINER is deprecated: a label says that {author} is the author", span=instruction.span,
                        edits=(Edit(instruction.span, label),))  # fmt: skip
