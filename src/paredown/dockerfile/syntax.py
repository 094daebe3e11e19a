"""What a Dockerfile is made of: instructions, flags, words and here-documents, each with the span of source it stands on."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

# Every instruction: https://docs.docker.com/reference/dockerfile/#overview
KEYWORDS = (
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER",
    "VOLUME", "WORKDIR",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the source text, in characters: `start` included, `end` excluded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """What an instruction says once continued lines are joined and comments between them are left out.

    `offsets` holds each character's place in the source, so that every part of it can be pointed at.
    """

    text: str
    offsets: tuple[int, ...]

    def __getitem__(self, part: slice) -> "Text":
        return Text(self.text[part], self.offsets[part])

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """Where `text[start:end]` stands in the source; an empty part stands nowhere in particular."""
        part = self.offsets[start:end]
        return Span(part[0], part[-1] + 1) if part else Span(self.offsets[-1] + 1, self.offsets[-1] + 1) if self.offsets else Span(0, 0)

    def stripped(self) -> "Text":
        """Without the white space around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self[start : max(len(self.text.rstrip()), start)]


@dataclass(frozen=True, slots=True)
class Word:
    """A word: `text` as it means once quotes and escapes are gone (variables stay as written), and where it stands, quotes included."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Flag:
    """`--name=value` in front of an instruction's arguments; `value` is empty when there is none."""

    name: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Pair:
    """`NAME=value` of ENV, LABEL and ARG. `value` is None for an ARG without default; `old` marks `ENV NAME value`."""

    name: str
    value: str | None
    span: Span
    old: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heredoc:
    """A here-document: its name, its lines as they stand there, and whether variables in it are expanded."""

    name: str
    content: Text
    expands: bool
    span: Span  # from its first line to its name at the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction.

    `words` are the arguments as the instruction takes them: of an exec form its strings, of a shell form nothing (`arguments` is the script).
    `exec_form` tells the two apart. `inner` is what stands behind ONBUILD, and the CMD of a HEALTHCHECK.
    """

    keyword: str
    line: int  # from 1
    end_line: int
    span: Span
    flags: tuple[Flag, ...]
    arguments: Text
    words: tuple[Word, ...] = ()
    pairs: tuple[Pair, ...] = ()
    exec_form: bool = False
    heredocs: tuple[Heredoc, ...] = ()
    inner: "Instruction | None" = None
    keyword_span: Span

    @property
    def name(self) -> str:
        """The keyword in capitals."""
        return self.keyword.upper()

    def flag(self, name: str) -> str | None:
        """The value of the first flag called `name`; empty when it has none, None when there is no such flag."""
        return next((flag.value for flag in self.flags if flag.name == name), None)


@dataclass(frozen=True, slots=True)
class Comment:
    """A line that is a comment, also between continued lines. `text` is without `#` and the white space around it."""

    text: str
    line: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Dockerfile:
    """A Dockerfile: its whole source, where its lines start, and what was read in it.

    `directives` are the parser's, in lower case, values as written.
    """

    text: str
    starts: tuple[int, ...]
    instructions: tuple[Instruction, ...]
    comments: tuple[Comment, ...]
    directives: tuple[tuple[str, str], ...] = ()

    @property
    def escape(self) -> str:
        """The character that continues a line: a backslash, or a backtick where the directive says so."""
        return dict(self.directives).get("escape", "\\")

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character of the source, both from 1."""
        line = max(bisect_right(self.starts, offset), 1)
        return line, offset - (self.starts[line - 1] if self.starts else 0) + 1


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Where the character at `offset` of `text` stands, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


@dataclass(frozen=True, slots=True)
class Edit:
    """`span` of the source is to become `text`."""

    span: Span
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """`text` with all `edits` made. Raises ValueError where two of them overlap: neither knows of the other."""
    parts: list[str] = []
    done = 0
    for edit in sorted(set(edits), key=lambda edit: (edit.span.start, edit.span.end, edit.text)):
        if edit.span.start < done:
            raise ValueError(f"two edits of the characters from {edit.span.start}")
        parts += [text[done : edit.span.start], edit.text]
        done = edit.span.end
    return "".join((*parts, text[done:]))
