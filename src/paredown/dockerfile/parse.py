"""Text into instructions, by the rules of BuildKit's parser; whatever the text is, nothing of it is lost."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace

from paredown.dockerfile.syntax import Comment, Dockerfile, Flag, Heredoc, Instruction, Pair, Span, Text, Word
from paredown.dockerfile.words import by_quotes, by_space, unquoted
from paredown.errors import UserError
from paredown.origin import Origin

# Where a form may be a JSON array, where it may open here-documents, and whose words are not expanded: moby/buildkit frontend/dockerfile/parser.
_EXEC = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"})
_SCRIPTS = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL"})
_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})
_ONE_WORD = frozenset({"MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"})
_PAIRS = frozenset({"ARG", "ENV", "LABEL"})
_DIRECTIVE = re.compile(r"\s*#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$")
_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_COMMENT = re.compile(r"\s*#")
_OPENING = re.compile(r"(\d*)<<(-?)\s*([^<]+)")
# Of a line that may open here-documents: `<<` takes the white space behind it along.
_PART = re.compile(r"""\\.|\\\Z|'[^']*'|"(?:[^"\\]|\\.)*"|<<[ \t\r]*|(?P<space>\s+)|(?P<open>["'])|.""", re.DOTALL)
LARGEST = 1_000_000  # characters; the largest known is a generated one of 300,000
MOST_INSTRUCTIONS = 2_000  # an image has 127 layers at most


def decoded(content: bytes, where: str) -> str:
    """The text of a Dockerfile's bytes, from which `encoded` makes the same bytes again.

    Raises UserError for what is no text, and for what is larger than any Dockerfile.
    """
    if b"\0" in content:
        raise UserError(f"{where} is not a Dockerfile: it holds bytes that are no text", where=where, fix="name a Dockerfile")
    if len(content) > LARGEST:
        raise UserError(f"{where} is not a Dockerfile: it has {len(content) / 1e6:.1f} MB", where=where, fix="name a Dockerfile")
    return content.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    """The bytes that `decoded` read."""
    return text.encode("utf-8", "surrogateescape")


def parse(text: str, where: str = "Dockerfile") -> Dockerfile:
    """Read `text`.

    Raises UserError, with the line, for a here-document that does not end (no more can be known of what follows it), and for more than MOST_INSTRUCTIONS.
    """
    lines = _Lines(text, tuple(_starts(text)))
    directives = _directives(lines)
    escape = dict(directives).get("escape", "\\")
    mark = re.escape(escape)
    continued = re.compile(rf"(?:(?<=[^{mark}])|\A){mark}[ \t]*\Z")
    instructions: list[Instruction] = []
    comments: list[Comment] = []
    index = 0
    while index < len(lines.starts):
        pieces: list[str] = []
        offsets: list[int] = []
        end = 0
        more = True
        while more and index < len(lines.starts):
            start, line = lines.starts[index], lines.text(index)
            index += 1
            if _COMMENT.match(line) or not line.strip():
                comments += [_comment(line, index, start)] if line.strip() else []
                more = bool(pieces)  # between continued lines they are passed over
                continue
            ending = continued.search(line)
            kept = line[: ending.start()] if ending else line
            pieces.append(kept)
            offsets += range(start, start + len(kept))
            end = start + len(line.rstrip())
            more = ending is not None
        statement = Text("".join(pieces), tuple(offsets)).stripped()
        if not statement.text:
            continue
        if len(instructions) == MOST_INSTRUCTIONS:
            raise UserError(f"{where} has more than {MOST_INSTRUCTIONS} instructions", where=Origin(where, index), fix="write one that an engine can build")
        read = _instruction(statement, escape)
        heredocs, index = _heredocs(read, statement, lines, index, where)
        instructions.append(_placed(read, heredocs, heredocs[-1].span.end if heredocs else end, lines))
    return Dockerfile(text=text, starts=lines.starts, instructions=tuple(instructions), comments=tuple(comments), directives=directives)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of a source, by the places where they start; a byte order mark belongs to none."""

    source: str
    starts: tuple[int, ...]

    def text(self, index: int) -> str:
        """A line without its end."""
        return self.source[self.starts[index] : self.following(index)].rstrip("\r\n")

    def following(self, index: int) -> int:
        """Where the next line starts, or the source ends."""
        return self.starts[index + 1] if index + 1 < len(self.starts) else len(self.source)

    def number(self, offset: int) -> int:
        """The line of a character, from 1."""
        return bisect_right(self.starts, offset)


def _starts(text: str) -> Iterator[int]:
    place = 1 if text.startswith("\ufeff") else 0
    while 0 <= place < len(text):
        yield place
        place = text.find("\n", place) + 1 or len(text)


def _directives(lines: _Lines) -> tuple[tuple[str, str], ...]:
    """They stand before all else, each once; the first line that is none ends them."""
    found: dict[str, str] = {}
    for index in range(len(lines.starts)):
        match = _DIRECTIVE.match(lines.text(index))
        if match is None or match[1].lower() not in _DIRECTIVES or match[1].lower() in found:
            break
        found[match[1].lower()] = match[2]
    if found.get("escape", "`") not in ("\\", "`"):
        del found["escape"]
    return tuple(found.items())


def _comment(line: str, number: int, start: int) -> Comment:
    return Comment(line.strip()[1:].strip(), number, Span(start + len(line) - len(line.lstrip()), start + len(line)))


def _instruction(text: Text, escape: str) -> Instruction:
    """The instruction that `text` is, its lines still to be found."""
    keyword = _keyword(text)
    flags, rest = _flags(text[len(keyword) :].stripped(), escape)
    bare = Instruction(
        keyword=keyword, keyword_span=text.span(0, len(keyword)), line=0, end_line=0, span=text.span(), flags=flags, arguments=rest
    )  # fmt: skip
    name = keyword.upper()
    first = _keyword(rest).upper()
    if (name == "ONBUILD" and first not in ("", "ONBUILD")) or (name == "HEALTHCHECK" and first == "CMD"):
        return replace(bare, inner=_instruction(rest, escape))
    strings = _json(rest) if name in _EXEC else None
    if strings is not None:
        return replace(bare, words=strings if name in _SCRIPTS else tuple(Word(unquoted(word.text, escape), word.span) for word in strings), exec_form=True)
    if name in _SCRIPTS:
        return bare
    if name in _PAIRS:
        return replace(bare, pairs=tuple(_pairs(name, rest, escape)))
    if name in _ONE_WORD:
        return replace(bare, words=(Word(rest.text if name == "MAINTAINER" else unquoted(rest.text, escape), rest.span()),) if rest.text else ())
    return replace(bare, words=tuple(Word(unquoted(rest.text[start:end], escape), rest.span(start, end)) for start, end in by_space(rest.text)))


def _keyword(text: Text) -> str:
    return re.split(r"[\t\v\f\r ]", text.text, maxsplit=1)[0]


def _flags(text: Text, escape: str) -> tuple[tuple[Flag, ...], Text]:
    """The flags in front, and what follows them; a bare `--` ends them."""
    flags: list[Flag] = []
    done = 0
    for start, end in by_quotes(text.text, escape) if text.text.startswith("--") else ():
        done = start
        if not text.text.startswith("--", start):
            break
        done = end
        if end - start == 2:
            break
        name, _, value = unquoted(text.text[start + 2 : end], escape).partition("=")
        flags.append(Flag(name, value, text.span(start, end)))
    return tuple(flags), text[done:].stripped()


def _json(text: Text) -> tuple[Word, ...] | None:
    """The strings of a JSON array with their places; None when `text` is none, as then it is a shell form."""
    if not text.text.startswith("["):
        return None
    try:
        values = json.loads(text.text)
    except (ValueError, RecursionError):  # also an integer of too many digits
        return None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    places = [match.span() for match in re.finditer(r'"(?:[^"\\]|\\.)*"', text.text)]
    return tuple(Word(value, text.span(start, end)) for value, (start, end) in zip(values, places, strict=True))


def _pairs(name: str, text: Text, escape: str) -> Iterator[Pair]:
    for start, end in by_quotes(text.text, escape):
        key, equals, value = text.text[start:end].partition("=")
        if name != "ARG" and start == 0 and not equals:  # ENV NAME the rest of the line
            key, *rest = re.split(r"[\t\v\f\r ]+", text.text, maxsplit=1)
            yield Pair(unquoted(key, escape), unquoted("".join(rest), escape), text.span(), old=True)
            return
        yield Pair(unquoted(key, escape), unquoted(value, escape) if equals else None, text.span(start, end))


def _heredocs(instruction: Instruction, statement: Text, lines: _Lines, index: int, where: str) -> tuple[tuple[Heredoc, ...], int]:
    """The here-documents that `instruction` opens, the first at line `index`, and the line behind them."""
    opener = instruction.inner if instruction.name == "ONBUILD" and instruction.inner else instruction
    found: list[Heredoc] = []
    if opener.name not in _HEREDOCS or opener.exec_form:
        return (), index
    for word in _parts(statement.text):
        match = _OPENING.fullmatch(word)
        name = unquoted(match[3]).replace("\\$", "$") if match else ""
        if match is None or not name:
            continue
        first = index
        while index < len(lines.starts) and (lines.text(index).lstrip("\t") if match[2] else lines.text(index)) != name:
            index += 1
        if index == len(lines.starts):
            opened = Origin(where, lines.number(instruction.span.start))
            raise UserError(f"the here-document {name} does not end", where=opened, fix=f"write {name} on a line of its own")
        start, closing = lines.starts[first], lines.starts[index]
        content = Text(lines.source[start:closing], tuple(range(start, closing)))
        expands = not any(quote in match[3] for quote in "\"'")
        found.append(Heredoc(name=name, content=content, expands=expands, span=Span(start, closing + len(lines.text(index)))))
        index += 1
    return tuple(found), index


def _parts(text: str) -> Iterator[str]:
    """The words of `text` as they are written, quotes included; none at all when a quote is left open, as then BuildKit sees no here-document."""
    if "<<" not in text:
        return
    words: list[list[str]] = [[]]
    for match in _PART.finditer(text):
        if match["open"]:
            return
        if match["space"]:
            words.append([])
        else:
            words[-1].append(match[0])
    yield from map("".join, words)


def _placed(instruction: Instruction, heredocs: tuple[Heredoc, ...], end: int, lines: _Lines) -> Instruction:
    """`instruction` with its lines, and with its here-documents, which are those of the instruction behind ONBUILD too."""
    span = Span(instruction.span.start, end)
    inner = _placed(instruction.inner, heredocs, end, lines) if instruction.inner else None
    return replace(
        instruction, span=span, line=lines.number(span.start), end_line=lines.number(max(end - 1, span.start)), inner=inner, heredocs=heredocs,
    )  # fmt: skip
