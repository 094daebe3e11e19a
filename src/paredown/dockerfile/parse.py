"""Text into instructions, by the rules of BuildKit's parser; whatever the text is, nothing of it is lost."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from paredown.dockerfile.syntax import Comment, Dockerfile, Flag, Heredoc, Instruction, Pair, Span, Text, Word
from paredown.dockerfile.words import split, unquoted
from paredown.errors import UserError
from paredown.origin import Origin

# Where a form may be a JSON array, and where it may open here-documents: moby/buildkit frontend/dockerfile/parser.
_EXEC = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})
_SCRIPTS = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL"})
_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})
_FLAGS = frozenset({"ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"})
_ONE_WORD = frozenset({"MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"})
_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$")
_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_OPENING = re.compile(r"(\d*)<<(-?)([^<]+)")
_FLAG = re.compile(r"--([A-Za-z][\w-]*)(?:=(.*))?$", re.DOTALL)
LARGEST = 4_000_000  # characters; the largest known is a generated one of 300,000


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the source without its end; `next` is where the following one starts."""

    number: int
    start: int
    text: str
    next: int


def decoded(content: bytes, where: str) -> str:
    """The text of a Dockerfile's bytes, from which `encoded` makes the same bytes again.

    Raises UserError for what is no text, and for what is larger than any Dockerfile.
    """
    if b"\0" in content:
        raise UserError(f"{where} is not a Dockerfile: it holds bytes that are no text", where=where, fix="name a Dockerfile")
    if len(content) > LARGEST:
        raise UserError(f"{where} is not a Dockerfile: it has {len(content) / 1e6:.0f} MB", where=where, fix="name a Dockerfile")
    return content.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    """The bytes that `decoded` read."""
    return text.encode("utf-8", "surrogateescape")


def parse(text: str, where: str = "Dockerfile") -> Dockerfile:
    """Read `text`. Raises UserError, with the line, for a here-document that does not end: no more can be known of what follows it."""
    lines = list(_lines(text))
    directives = _directives(lines)
    escape = dict(directives).get("escape", "\\")
    continued = re.compile(rf"(?:(?<=[^{re.escape(escape)}])|\A){re.escape(escape)}[ \t]*\Z")
    instructions: list[Instruction] = []
    comments: list[Comment] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if _is_comment(line):
            comments.append(_comment(line))
            continue
        if not line.text.strip():
            continue
        characters: list[str] = []
        offsets: list[int] = []
        last = line
        more = True
        while True:
            ending = continued.search(line.text)
            kept = line.text[: ending.start()] if ending else line.text
            characters.append(kept)
            offsets += range(line.start, line.start + len(kept))
            last = line
            more = ending is not None
            while more and index < len(lines) and (_is_comment(lines[index]) or not lines[index].text.strip()):
                if _is_comment(lines[index]):
                    comments.append(_comment(lines[index]))
                index += 1
            if not more or index >= len(lines):
                break
            line = lines[index]
            index += 1
        read = _instruction(Text("".join(characters), tuple(offsets)).stripped(), escape, text)
        if read is None:
            continue
        instruction, index = _with_heredocs(read, lines, index, where)
        end = instruction.heredocs[-1].span.end if instruction.heredocs else last.start + len(last.text.rstrip())
        instructions.append(_ended(instruction, end, text))
    return Dockerfile(text=text, instructions=tuple(instructions), comments=tuple(comments), directives=directives)


def _ended(instruction: Instruction, end: int, text: str) -> Instruction:
    start = instruction.span.start
    line = text.count("\n", 0, start) + 1
    end_line = line + text.count("\n", start, end)
    inner = _ended(instruction.inner, end, text) if instruction.inner else None
    return replace(instruction, span=Span(start, end), line=line, end_line=end_line, inner=inner)


def _lines(text: str) -> Iterator[_Line]:
    start = 1 if text.startswith("\ufeff") else 0
    number = 1
    while start < len(text):
        end = text.find("\n", start)
        following = len(text) if end < 0 else end + 1
        line = text[start : len(text) if end < 0 else end]
        yield _Line(number, start, line.removesuffix("\r"), following)
        start, number = following, number + 1


def _directives(lines: list[_Line]) -> tuple[tuple[str, str], ...]:
    """They stand before all else, each once; the first line that is none ends them."""
    found: dict[str, str] = {}
    for line in lines:
        match = _DIRECTIVE.match(line.text)
        if match is None or match[1].lower() not in _DIRECTIVES or match[1].lower() in found:
            break
        found[match[1].lower()] = match[2]
    if found.get("escape", "`") not in ("\\", "`"):
        del found["escape"]
    return tuple(found.items())


def _is_comment(line: _Line) -> bool:
    return line.text.lstrip().startswith("#")


def _comment(line: _Line) -> Comment:
    start = line.start + len(line.text) - len(line.text.lstrip())
    return Comment(line.text.strip()[1:].strip(), line.number, Span(start, line.start + len(line.text)))


def _instruction(text: Text, escape: str, source: str) -> Instruction | None:
    """The instruction that `text` is; None for nothing but a continuation."""
    if not text.text:
        return None
    keyword = re.split(r"\s", text.text, maxsplit=1)[0]
    rest = text[len(keyword) :].stripped()
    name = keyword.upper()
    flags, rest = _flags(rest, escape) if name in _FLAGS else ((), rest)
    instruction = Instruction(
        keyword=keyword, keyword_span=text.span(0, len(keyword)), line=0, end_line=0, span=text.span(), flags=flags, arguments=rest
    )  # fmt: skip
    if name == "ONBUILD":
        return replace(instruction, inner=_instruction(rest, escape, source))
    if name == "HEALTHCHECK":
        return replace(instruction, inner=_instruction(rest, escape, source) if rest.text[:3].upper() == "CMD" else None, words=tuple(split(rest, escape)))
    strings = _json(rest) if name in _EXEC else None
    if strings is not None:
        return replace(instruction, words=strings, exec_form=True)
    if name in _SCRIPTS:
        return instruction
    if name in ("ENV", "LABEL", "ARG"):
        return replace(instruction, pairs=tuple(_pairs(name, rest, escape)))
    if name in _ONE_WORD:
        return replace(instruction, words=(Word(unquoted(rest.text, escape), rest.span()),) if rest.text else ())
    return replace(instruction, words=tuple(split(rest, escape)))


def _flags(text: Text, escape: str) -> tuple[tuple[Flag, ...], Text]:
    """The flags in front, and what follows them; a bare `--` ends them."""
    flags: list[Flag] = []
    while text.text.startswith("--"):
        word = next(split(text, escape))
        length = next((place for place, offset in enumerate(text.offsets) if offset >= word.span.end), len(text.text))
        match = _FLAG.match(word.text)
        rest = text[length:].stripped()
        if match is None:
            return tuple(flags), rest if word.text == "--" else text
        flags.append(Flag(match[1], match[2] or "", word.span))
        text = rest
    return tuple(flags), text


def _json(text: Text) -> tuple[Word, ...] | None:
    """The strings of a JSON array with their places; None when `text` is none, as then it is a shell form."""
    if not text.text.startswith("["):
        return None
    try:
        values = json.loads(text.text)
    except (json.JSONDecodeError, RecursionError):
        return None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    places = [match.span() for match in re.finditer(r'"(?:[^"\\]|\\.)*"', text.text)]
    return tuple(Word(value, text.span(start, end)) for value, (start, end) in zip(values, places, strict=True))


def _pairs(name: str, text: Text, escape: str) -> Iterator[Pair]:
    words = list(split(text, escape, raw=True))
    if name != "ARG" and words and "=" not in words[0].text:
        first = words[0].text
        yield Pair(first, text.text[len(first) :].strip(), text.span(), old=True)  # ENV NAME the rest of the line
        return
    for word in words:
        key, equals, value = word.text.partition("=")
        yield Pair(unquoted(key, escape), unquoted(value, escape) if equals else None, word.span)


def _with_heredocs(instruction: Instruction, lines: list[_Line], index: int, where: str) -> tuple[Instruction, int]:
    """`instruction` with the here-documents that it opens, and the line behind them."""
    opener = instruction.inner if instruction.name == "ONBUILD" and instruction.inner else instruction
    if opener.name not in _HEREDOCS or opener.exec_form or "<<" not in opener.arguments.text:
        return instruction, index
    heredocs: list[Heredoc] = []
    for word in split(opener.arguments, "\\", raw=True):
        match = _OPENING.fullmatch(word.text)
        name = unquoted(match[3], "\\") if match else ""
        if match is None or not name:
            continue
        first = index
        while index < len(lines) and (lines[index].text.lstrip("\t") if match[2] else lines[index].text) != name:
            index += 1
        if index == len(lines):
            raise UserError(f"the here-document {name} does not end", where=Origin(where, lines[first - 1].number), fix=f"write {name} on a line of its own")
        body, closing = lines[first:index], lines[index]
        source = "".join(line.text + "\n" for line in body)
        offsets = tuple(line.start + place for line in body for place in range(len(line.text) + 1))
        span = Span(lines[first].start, closing.start + len(closing.text))
        heredocs.append(Heredoc(name=name, content=Text(source, offsets), expands=name == match[3], span=span))
        index += 1
    if opener is not instruction:
        return replace(instruction, inner=replace(opener, heredocs=tuple(heredocs)), heredocs=tuple(heredocs)), index
    return replace(instruction, heredocs=tuple(heredocs)), index
