"""Which folder a Dockerfile is built from: what a compose file says, or where the files are that it copies."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from paredown.checks.subjects import Kind, Subject, content_of
from paredown.dockerfile.parse import LARGEST, decoded
from paredown.errors import ParedownError

_COPIED = re.compile(r"^[ \t]*(?:COPY|ADD)[ \t]+((?:--\S+[ \t]+)*)([^\n\\<\[]+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The folder, or None when nobody knows it, and the Dockerfile's path relative to it."""

    folder: Path | None
    place: str


def by_compose_files(found: Iterable[Subject]) -> dict[Path, Path]:
    """Dockerfile -> context, both absolute, as the compose files among `found` say; those that cannot be read say nothing here."""
    contexts: dict[Path, Path] = {}
    for subject in found:
        if subject.kind is Kind.COMPOSE:
            try:
                for dockerfile, context in _builds(subject, subject.path.absolute().parent):
                    contexts.setdefault(dockerfile, context)
            except ParedownError:
                continue
    return contexts


def _builds(subject: Subject, folder: Path) -> Iterator[tuple[Path, Path]]:
    from paredown.rules.compose_file import compose_file_of  # noqa: PLC0415  (YAML is loaded when there is some)

    # https://docs.docker.com/reference/compose-file/build/: the Dockerfile's path is relative to the context.
    for service in compose_file_of(decoded(content_of(subject, LARGEST), subject.name), subject.name, None).services:
        build = service.get("build")
        if build is None:
            continue
        inner, named = build.get("context"), build.get("dockerfile")
        written = (inner.text if inner else "") or build.text or "."
        if "$" not in written and "://" not in written:
            context = Path(os.path.normpath(folder / written))
            yield Path(os.path.normpath(context / (named.text if named and named.text else "Dockerfile"))), context


def by_copied_files(dockerfile: Path, text: str, top: Path) -> BuildContext:
    """Its own folder when all that `text` copies is there; else the nearest one above, up to `top`, where it is; else its own if a part is there."""
    own = dockerfile.absolute().parent
    sources = tuple(_sources(text))
    folders = [own, *(folder for folder in own.parents if folder.is_relative_to(top))]
    for folder in folders:
        if all((folder / source).exists() for source in sources):
            return placed(dockerfile, folder)
    return placed(dockerfile, own) if any((own / source).exists() for source in sources) else BuildContext(None, dockerfile.name)


def placed(dockerfile: Path, folder: Path) -> BuildContext:
    """`dockerfile` in the context `folder`."""
    file = dockerfile.absolute()
    return BuildContext(folder, file.relative_to(folder).as_posix() if file.is_relative_to(folder) else dockerfile.name)


def _sources(text: str) -> Iterator[str]:
    """What is copied from the context and written out in full on the instruction's line."""
    for flags, rest in _COPIED.findall(text):
        if "--from" not in flags:
            for word in rest.split()[:-1]:
                source = word.strip("\"'").lstrip("/")
                if source and not re.search(r"[$*?\[]|://|^git@", source):
                    yield source
