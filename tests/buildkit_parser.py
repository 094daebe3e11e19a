"""A Dockerfile as BuildKit's own parser reads it (the `dockerfile` wheel), and as ours does, in one form."""

from dataclasses import dataclass

import dockerfile

from paredown.dockerfile.parse import parse
from paredown.dockerfile.syntax import Instruction
from paredown.dockerfile.words import unquoted

KNOWN = frozenset({
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL",
    "USER", "VOLUME", "WORKDIR",
})  # fmt: skip
_WHOLE = ("CMD", "ENTRYPOINT", "RUN", "SHELL", "MAINTAINER", "HEALTHCHECK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    name: str
    lines: tuple[int, int]
    json: bool
    flags: tuple[str, ...]
    words: tuple[str, ...]
    heredocs: tuple[tuple[str, str], ...]


def as_ours(text: str) -> tuple[Read, ...]:
    """What our parser reads. Raises UserError as it does."""
    return tuple(
        Read(
            name=item.name,
            lines=(item.line, item.end_line),
            json=(item.inner or item).exec_form if item.name == "HEALTHCHECK" else item.exec_form,
            flags=tuple(f"--{flag.name}" + f"={flag.value}" * ("=" in text[flag.span.start : flag.span.end]) for flag in item.flags),
            words=_words(item),
            heredocs=tuple((heredoc.name, heredoc.content.text) for heredoc in item.heredocs if not item.inner),  # the wheel does not tell those behind ONBUILD
        )
        for item in parse(text).instructions
    )


def _words(item: Instruction) -> tuple[str, ...]:
    if item.name not in KNOWN:
        return ()
    if item.inner:
        return (*((item.inner.keyword,) if item.name == "HEALTHCHECK" else ()), *_words(item.inner))
    if item.pairs:
        return tuple(part for pair in item.pairs for part in (pair.name, pair.value) if part is not None)
    if item.name == "HEALTHCHECK":
        return tuple(word.text for word in item.words[:1])
    if item.words or item.exec_form:
        return tuple(word.text for word in item.words)
    return (item.arguments.text,) if item.arguments.text else ()


def as_theirs(text: str) -> tuple[Read, ...]:
    """What BuildKit's reads. Raises dockerfile.GoParseError as it does.

    Its lines differ in two cases by design: a line with nothing but a continuation belongs to the instruction below it, and comments and empty lines
    behind a last continuation to the one above; so they are taken away here.
    """
    source = text.removeprefix("\ufeff").split("\n")
    escape = parse(text).escape
    found = []
    for item in dockerfile.parse_string(text):
        name = (item.cmd or "").upper()
        first, last = item.start_line, item.end_line
        while first < last and _is_nothing(source[first - 1], escape):
            first += 1
        while first < last and _is_nothing(source[last - 1], "") and not item.heredocs:
            last -= 1
        known = (item.sub_cmd or name).upper() in KNOWN - {"ONBUILD"}
        heredocs = tuple((one.name, one.content) for one in item.heredocs)
        words = _their_words(item, (item.sub_cmd or name).upper(), escape) if known else ()
        json = item.json and not item.sub_cmd
        found.append(Read(name=name, lines=(first, last), json=json, flags=item.flags if not item.sub_cmd else (), words=words, heredocs=heredocs))
    return tuple(found)


def _is_nothing(line: str, escape: str) -> bool:
    return line.strip() in ("", escape) or line.lstrip().startswith("#")


def _their_words(item: dockerfile.Command, name: str, escape: str) -> tuple[str, ...]:
    if name == "HEALTHCHECK" and [part.upper() for part in item.value[:1]] != ["CMD"]:
        return item.value[:1]
    if name in _WHOLE:
        return item.value
    if name == "ARG":
        return tuple(unquoted(part, escape) for word in item.value for part in word.split("=", 1))
    return tuple(unquoted(word, escape) for word in item.value)
