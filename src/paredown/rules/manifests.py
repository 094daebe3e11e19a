"""What the manifests and requirements files of a build context say of the distributions that are installed."""

import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from paredown.dockerfile.stages import Step
from paredown.rules.copied import sources_of
from paredown.rules.recipe import Recipe, mounts

_DEEPEST = 5  # requirements files that name each other
_NAME = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A line of a requirements file or an entry of a manifest: the name as PyPI normalises it, as written, and what follows it."""

    name: str
    written: str
    rest: str  # versions, address, marker

    @property
    def is_pinned(self) -> bool:
        """Whether it is one version, or an address."""
        versions = self.rest.partition(";")[0]
        return "==" in versions or "@" in versions


def requirement_of(text: str) -> Requirement | None:
    """Read `name[extra]>=1; marker`; None for a path, an address or a switch."""
    text = text.strip().strip("\"'")
    if text.startswith((".", "/", "-", "$")) or "://" in text.partition("@")[0] or text.endswith((".whl", ".tar.gz", ".zip")) or "/" in text.partition("@")[0]:
        return None
    found = _NAME.fullmatch(text)
    return Requirement(re.sub(r"[-_.]+", "-", found[1]).lower(), found[1], found[3]) if found else None


def text_of(recipe: Recipe, name: str) -> str | None:
    """The text of the context's file `name`, wherever the Dockerfile copies or mounts it from; None when there is none, or several."""
    words = [word.text for stage in recipe.stages for step in stage.steps if step.instruction.name == "COPY" for word in step.instruction.words[:-1]]
    words += [mount.options.get("source", mount.options.get("src", "")) for stage in recipe.stages for step in stage.steps for mount in mounts(step)]
    named = {posixpath.normpath(word.lstrip("/")) for word in words if posixpath.basename(word) == name}
    path = name if not named or name in named else named.pop() if len(named) == 1 else ""
    return recipe.context.text(path) if recipe.context is not None and path else None


def has_file(recipe: Recipe, name: str) -> bool:
    """Whether the context has the file `name`, wherever the Dockerfile takes it from."""
    return text_of(recipe, name) is not None


def pyproject_of(recipe: Recipe) -> Mapping[str, Any]:
    """The context's pyproject.toml; empty when there is none, or none that can be read."""
    text = text_of(recipe, "pyproject.toml")
    try:
        return tomllib.loads(text) if text is not None else {}
    except tomllib.TOMLDecodeError:
        return {}


def table(document: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """A table of a TOML document; empty when it is not there."""
    for name in path:
        inner = document.get(name)
        document = inner if isinstance(inner, dict) else {}
    return document


def requirements_in(recipe: Recipe, path: str, depth: int = 0) -> Iterator[Requirement]:
    """What a requirements file of the context names, with what it includes; nothing when there is none."""
    text = recipe.context.text(path) if recipe.context is not None else None
    if text is None or depth > _DEEPEST:
        return
    folder = path.rpartition("/")[0]
    for line in text.replace("\\\n", " ").splitlines():
        line = re.sub(r"(?:^|\s)#.*", "", line).strip()
        if included := re.match(r"(?:-r|--requirement)[ =]?\s*(\S+)", line):
            yield from requirements_in(recipe, f"{folder}/{included[1]}".lstrip("/"), depth + 1)
        elif line and not line.startswith("-") and (found := requirement_of(re.split(r"\s--", line)[0])):
            yield found


def compiled_in_lock(recipe: Recipe) -> tuple[str, ...] | None:
    """The distributions of the context's uv.lock that have wheels for one platform; None when there is no such lock."""
    lock = text_of(recipe, "uv.lock")
    if lock is None:
        return None
    packages = (block.partition("[[package]]")[0] for block in lock.split("[[package]]")[1:])
    return tuple(found[1] for block in packages if re.search(r"-(?:many|musl)linux", block) and (found := re.search(r'^name = "(.+)"', block, re.MULTILINE)))


def declared(document: Mapping[str, Any]) -> tuple[Requirement, ...]:
    """What a pyproject.toml installs with the project itself, Poetry's way included; extras and groups are not."""
    listed = table(document, "project").get("dependencies")
    found = [requirement_of(one) for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
    poetry = table(document, "tool", "poetry", "dependencies")
    found += [
        requirement_of(name) for name, value in poetry.items() if name.lower() != "python" and not (isinstance(value, dict) and value.get("optional") is True)
    ]
    return tuple(one for one in found if one is not None)


def source_in_context(recipe: Recipe, step: Step, path: str) -> str:
    """The path in the context of the file that a RUN knows as `path`: where a COPY or a mount takes it from, or the same path."""
    wanted = step.state.path(path)
    for mount in mounts(step):
        if mount.target == wanted and mount.kind == "bind" and "from" not in mount.options:
            return mount.options.get("source", mount.options.get("src", path)).lstrip("/")
    for stage in recipe.stages:
        for one in stage.steps:
            for source in sources_of(one, wanted):
                if recipe.context is not None and recipe.context.text(source) is not None:
                    return source
    return posixpath.normpath(path.lstrip("/"))
