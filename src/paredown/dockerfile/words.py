"""Words and variables as Dockerfile instructions (not their scripts) have them: quotes, escapes, `$NAME` and `${NAME:-default}`."""

import re
from collections.abc import Iterator, Mapping

from paredown.dockerfile.syntax import Span, Text, Word


def split(text: Text, escape: str = "\\", *, raw: bool = False) -> Iterator[Word]:
    """The words of `text`, separated by white space outside of quotes; `raw` ones keep their quotes and escapes."""
    start: int | None = None
    quote = ""
    place = 0
    while place < len(text.text):
        character = text.text[place]
        if start is None:
            if character.isspace():
                place += 1
                continue
            start = place
        if character == escape and quote != "'":
            place += 2
            continue
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character.isspace():
            yield _word(text, start, place, escape, raw)
            start = None
        place += 1
    if start is not None:
        yield _word(text, start, len(text.text), escape, raw)


def _word(text: Text, start: int, end: int, escape: str, raw: bool) -> Word:
    written = text.text[start:end]
    return Word(written if raw else unquoted(written, escape), text.span(start, end))


def unquoted(text: str, escape: str = "\\") -> str:
    """`text` without its quotes and escapes; an escaped `$` keeps its escape, as it is no variable."""
    found: list[str] = []
    quote = ""
    place = 0
    while place < len(text):
        character = text[place]
        following = text[place + 1 : place + 2]
        if character == escape and quote != "'" and following:
            # In double quotes only what would mean something there is escaped.
            kept = following == "$" or (quote == '"' and following not in ('"', escape))
            found.append(("\\" if kept else "") + following)
            place += 2
            continue
        if quote and character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote = character
        else:
            found.append("\\$" if character == "$" and quote == "'" else character)
        place += 1
    return "".join(found)


_VARIABLE = re.compile(r"\\\$|\$(?:(?P<plain>[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!$-])|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<how>:?[-+?]|##?|%%?|//?)?)")


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """`text` with its variables replaced, an unknown one by nothing. Pattern removals (`${A%b}`) are made for patterns without `*` and `?`."""
    return _expand(text, variables, [])


def unknown(text: str, variables: Mapping[str, str]) -> tuple[str, ...]:
    """The names in `text` that `variables` lack and that have no default of their own."""
    names: list[str] = []
    _expand(text, variables, names)
    return tuple(dict.fromkeys(names))


def _expand(text: str, variables: Mapping[str, str], missing: list[str]) -> str:
    found: list[str] = []
    place = 0
    while match := _VARIABLE.search(text, place):
        found.append(text[place : match.start()])
        place = match.end()
        if match[0] == "\\$":
            found.append("$")
            continue
        name, how = match["plain"] or match["name"], match["how"] or ""
        rest = ""
        if match["name"]:
            end = _closing(text, place)
            rest, place = text[place:end], end + 1
        value = variables.get(name, "")
        match how:
            case "-" | ":-":
                absent = name not in variables or (how == ":-" and not value)
                found.append(_expand(rest, variables, missing) if absent else value)
            case "+" | ":+":
                present = name in variables and (how == "+" or value)
                found.append(_expand(rest, variables, missing) if present else "")
            case _:
                if name not in variables:
                    missing.append(name)
                found.append(_cut(value, how, rest))
    return "".join((*found, text[place:]))


def _closing(text: str, place: int) -> int:
    depth = 0
    for index in range(place, len(text)):
        if text.startswith("${", index):
            depth += 1
        elif text[index] == "}":
            if depth == 0:
                return index
            depth -= 1
    return len(text)


def _cut(value: str, how: str, pattern: str) -> str:
    match how:
        case "#" | "##":
            return value.removeprefix(pattern)
        case "%" | "%%":
            return value.removesuffix(pattern)
        case "/" | "//":
            old, _, new = pattern.partition("/")
            return value.replace(old, new, -1 if how == "//" else 1) if old else value
        case _:
            return value


def whole(text: str) -> Text:
    """`text` as a Text that stands at the start of its source."""
    return Text(text, tuple(range(len(text))))


__all__ = ["Span", "expanded", "split", "unknown", "unquoted", "whole"]
