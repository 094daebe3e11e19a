"""Finds ADD where COPY does the same."""

import re
from collections.abc import Iterator

from paredown.rules.interface import Edit, Found, Safety, Severity, rule
from paredown.rules.recipe import Recipe

_ARCHIVE = re.compile(r"\.(?:tar(?:\.\w+)?|t[bgxz]z2?|tlz|tzst|gz|bz2|xz|zst|zstd|lzma)\Z", re.IGNORECASE)
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|git@|.*\.git(?:#|\Z)|github\.com/", re.IGNORECASE)


@rule(
    id="add-for-copy",
    severity=Severity.WARNING,
    summary="ADD is used for local files that COPY would copy",
    why="ADD unpacks a local archive and fetches an address: what lands in the image depends on what the source turns out to be. COPY only copies.",
    sources=("https://docs.docker.com/build/building/best-practices/#add-or-copy", "https://github.com/hadolint/hadolint/wiki/DL3020",
             "docker/docker-bench-security tests/4_container_images.sh"),
    same_as=("hadolint DL3020", "CIS 4.9", "dockle CIS-DI-0009"),
    safety=Safety.SAFE,
    before="FROM python:3.13-slim\nADD requirements.txt ./\n",
    after="FROM python:3.13-slim\nCOPY requirements.txt ./\n",
)  # fmt: skip
def add_for_copy(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        for step in stage.steps:
            instruction = step.instruction
            if instruction.name != "ADD" or len(instruction.words) < 2 or any(flag.name not in ("chown", "chmod", "link") for flag in instruction.flags):
                continue
            sources = [word.text for word in instruction.words[:-1] if not word.text.startswith("<<")]
            if any("$" in source or _REMOTE.match(source) or _ARCHIVE.search(source) or re.search(r"\*\Z", source) for source in sources):
                continue
            sure = all(_is_no_archive(recipe, source) for source in sources)
            keyword = "COPY" if instruction.keyword.isupper() else "copy"
            yield Found(
                message=f"COPY does the same for {', '.join(sources) or 'a here-document'}",
                span=instruction.keyword_span,
                edits=(Edit(instruction.keyword_span, keyword),),
                safety=None if sure else Safety.VERIFIED,
            )


def _is_no_archive(recipe: Recipe, source: str) -> bool:
    """Folders are copied as they are, archives in them included; what is called by another suffix is taken for what it says."""
    name = source.rstrip("/").rpartition("/")[2]
    return source.endswith("/") or name in ("", ".", "..") or "." in name.lstrip(".") or bool(recipe.context and recipe.context.names(source))
