"""What a script does, command by command: the shell language as far as Dockerfiles use it, read by tree-sitter."""

import functools
import posixpath
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

import tree_sitter
import tree_sitter_bash

from paredown.dockerfile.syntax import Heredoc, Instruction, Span, Text

LONGEST_SCRIPT = 131_072  # bytes: a longer one cannot be handed to a shell (MAX_ARG_STRLEN of Linux)
# Programs that start the command behind them: their flags with a value, and how many operands of their own they take.
_WRAPPERS: dict[str, tuple[tuple[str, ...], int]] = {
    "sudo": (("-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "-D", "--chdir", "-R", "--chroot", "-T", "-U"), 0),
    "env": (("-u", "--unset", "-C", "--chdir"), 0), "nice": (("-n", "--adjustment"), 0), "time": (("-f", "--format", "-o", "--output"), 0),
    "ionice": (("-c", "--class", "-n", "--classdata"), 0), "stdbuf": (("-i", "-o", "-e", "--input", "--output", "--error"), 0),
    "timeout": (("-k", "--kill-after", "-s", "--signal"), 1), "gosu": ((), 1), "su-exec": ((), 1), "exec": (("-a",), 0), "command": ((), 0),
    "nohup": ((), 0), "eatmydata": ((), 0), "tini": (("-e", "-p"), 0), "dumb-init": (("-r", "--rewrite"), 0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShellWord:
    """A word of a command: `text` without quotes, variables as written; `plain` when nothing in it is expanded; its place in the source."""

    text: str
    plain: bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShellCommand:
    """A simple command, equal to itself only. `joined` is what stands before it (`&&`, `||`, `;`, `|`, or nothing); `nested` when a condition,
    loop, function or subshell decides whether and where it runs. `writes` are the files that its output goes to.
    """

    words: tuple[ShellWord, ...]
    assignments: tuple[tuple[str, str], ...] = ()
    writes: tuple[ShellWord, ...] = ()
    joined: str = ""
    nested: bool = False
    span: Span

    @property
    def program(self) -> str:
        """The name of the program that is started, less its folder and what only wraps it (`sudo`, `env A=b`, `exec`)."""
        words = _unwrapped(self)
        return _name(words[0]) if words else ""

    @property
    def arguments(self) -> tuple[ShellWord, ...]:
        """What the program is given."""
        return _unwrapped(self)[1:]

    def has(self, *flags: str) -> bool:
        """Whether one of `flags` is given: as a word (`--no-cache`), as `--flag=value`, or among short ones (`-rf` has `-r`)."""
        for word in self.arguments:
            for flag in flags:
                if word.text == flag or word.text.startswith(f"{flag}=") or (
                    len(flag) == 2 and word.text[:1] == "-" and word.text[:2] != "--" and flag[1] in word.text[1:]
                ):  # fmt: skip
                    return True
        return False

    def operands(self, *with_value: str) -> tuple[ShellWord, ...]:
        """The arguments that are no flags; flags in `with_value` take the word behind them along."""
        return tuple(word for flag, word in flagged(self.arguments, with_value) if not flag)


def flagged(words: Iterable[ShellWord], with_value: Collection[str]) -> Iterator[tuple[str, ShellWord]]:
    """`words` as getopt reads them: operands with an empty name, flags of `with_value` with their values (`-u 1`, `-u1`, `-mu 1`, `--uid=1`).

    Other flags are left out, and so is `--`, behind which all are operands. A value within a word has the span of that word.
    """
    rest = iter(words)
    for word in rest:
        text = word.text
        if text == "--":
            yield from (("", operand) for operand in rest)
        elif not text.startswith("-") or text == "-":
            yield "", word
        else:
            flag, value = _flag_and_value(text, with_value)
            if flag and value is not None:
                yield flag, ShellWord(value, word.plain, word.span)
            elif flag and (following := next(rest, None)) is not None:
                yield flag, following


def _flag_and_value(text: str, with_value: Collection[str]) -> tuple[str, str | None]:
    """The flag in `text` that takes a value, and the value when it stands there as well; an empty name for all others."""
    name, equals, value = text.partition("=")
    if name in with_value:
        return name, value if equals else None
    for place in range(1, len(text)) if not text.startswith("--") else ():
        if f"-{text[place]}" in with_value:
            return f"-{text[place]}", text[place + 1 :].removeprefix("=") or None
    return "", None


@functools.lru_cache(maxsize=4096)
def _unwrapped(command: ShellCommand) -> tuple[ShellWord, ...]:
    words = list(command.words)
    while len(words) > 1 and (taken := _WRAPPERS.get(_name(words[0]))) and [word.text for word in words[:2]] not in (["command", "-v"], ["command", "-V"]):
        flags, operands = taken
        words.pop(0)
        while len(words) > 1 and (words[0].text.startswith("-") or "=" in words[0].text):
            flag, value = _flag_and_value(words.pop(0).text, flags)
            if flag and value is None and len(words) > 1:
                words.pop(0)
        del words[: min(operands, len(words) - 1)]
    return tuple(words)


def _name(word: ShellWord) -> str:
    return word.text.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Script:
    """The commands of a script in order. `understood` is False where a part of it could not be read: then there may be more."""

    commands: tuple[ShellCommand, ...]
    understood: bool = True


def script_of(instruction: Instruction, shell: tuple[str, ...] = ("/bin/sh",)) -> Script:
    """What a RUN, CMD or ENTRYPOINT starts, in shell form (by `shell`, as SHELL names it), exec form or as a here-document.

    An exec form that starts a shell with `-c` is that script, at the place of its string. A script in another language is not understood.
    """
    if instruction.exec_form:
        return _of_words(instruction)
    if not any(_is_shell(word) for word in shell):
        return Script((), False)
    opened = instruction.heredocs
    if opened and instruction.arguments.text.startswith("<<"):
        # Alone it is the script, unless it names its own interpreter; in front of a command it is that command's input.
        content = opened[0].content
        own = content.text.startswith("#!") and "sh" not in content.text.partition("\n")[0]
        reads = [word for word in instruction.arguments.text.split()[1:] if not word.startswith("-")]
        return Script((), False) if own or len(opened) > 1 or not all(map(_is_shell, reads)) else commands(content)
    return commands(functools.reduce(_with_body, opened, instruction.arguments))


def _is_shell(word: str) -> bool:
    return posixpath.basename(word) in ("sh", "bash", "ash", "dash", "ksh", "zsh")


def _with_body(script: Text, heredoc: Heredoc) -> Text:
    # A here-document that is not the whole script is handed to the shell as it stands there.
    end = heredoc.span.end
    closing = Text(f"{heredoc.name}\n", tuple(range(end - len(heredoc.name), end + 1)))
    return Text(
        "".join((script.text.rstrip("\n"), "\n", heredoc.content.text, closing.text)),
        (*script.offsets[: len(script.text.rstrip("\n"))], (script.offsets or (0,))[-1], *heredoc.content.offsets, *closing.offsets),
    )


def _of_words(instruction: Instruction) -> Script:
    words = tuple(ShellWord(word.text, True, word.span) for word in instruction.words)
    if words and _is_shell(words[0].text) and (script := _handed(words[1:])) is not None:
        inner, place = script.text, script.span
        length = place.end - place.start - 2
        # With escapes in the string its characters have no one place each: all of them point at the string.
        offsets = tuple(range(place.start + 1, place.end - 1)) if length == len(inner) else (place.start,) * len(inner)
        return commands(Text(inner, offsets))
    return Script((ShellCommand(words=words, span=Span(words[0].span.start, words[-1].span.end)),) if words else ())


def _handed(words: tuple[ShellWord, ...]) -> ShellWord | None:
    """The script that a shell with these arguments is given by `-c`, also as in `-o pipefail -ec`."""
    rest = iter(words)
    for word in rest:
        if not word.text.startswith(("-", "+")) or word.text == "--":
            return None
        if word.text.endswith(("o", "O")):
            next(rest, None)
        elif word.text.endswith("c") and not word.text.startswith("--"):
            return next(rest, None)
    return None


def commands(text: Text) -> Script:
    """The commands in `text`, a POSIX or bash script."""
    source = text.text.encode("utf-8", "replace")
    if len(source) > LONGEST_SCRIPT:
        return Script((), False)
    # tree-sitter counts bytes: a character's place for each.
    places = [index for index, character in enumerate(text.text) for _ in character.encode("utf-8", "replace")]
    tree = _parser().parse(source)
    reader = _Reader(text, source, places)
    try:
        return Script(tuple(reader.commands(tree.root_node, "", False)), not tree.root_node.has_error)
    except RecursionError:  # hundreds of subshells in each other
        return Script((), False)


@functools.cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


_NESTING = frozenset({
    "if_statement", "elif_clause", "else_clause", "for_statement", "c_style_for_statement", "while_statement", "do_group", "case_statement", "case_item",
    "function_definition", "subshell", "command_substitution", "process_substitution", "negated_command",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Reader:
    text: Text
    source: bytes
    places: list[int]

    def commands(self, node: tree_sitter.Node, joined: str, nested: bool) -> Iterator[ShellCommand]:
        """The commands in `node`, the first of which is `joined` to what was before."""
        if node.type == "command":
            yield self._command(node, joined, nested)
            for child in node.children:
                yield from self._inside(child)
            return
        if node.type == "declaration_command":
            yield ShellCommand(words=tuple(self._word(child) for child in node.children), joined=joined, nested=nested, span=self._span(node))
            return
        if node.type == "redirected_statement":
            body, *redirects = node.children
            inner = list(self.commands(body, joined, nested))
            writes = tuple(word for redirect in redirects for word in self._targets(redirect))
            yield from inner[:-1]
            if inner:
                yield replace(inner[-1], writes=(*inner[-1].writes, *writes))
            for redirect in redirects:
                if redirect.type == "heredoc_redirect":  # what follows on its line is a part of it
                    yield from self._all([child for child in redirect.children if child.type not in ("file_redirect", "heredoc_body")], joined, nested)
            return
        yield from self._all(_flat(node), joined, nested or node.type in _NESTING)

    def _all(self, nodes: list[tree_sitter.Node], joined: str, nested: bool) -> Iterator[ShellCommand]:
        """The commands in `nodes`, which stand in a row, with what joins them in between."""
        for node in nodes:
            if node.type in ("&&", "||", ";", "|", "|&", "&", "\n"):
                joined = {"|&": "|", "\n": ";"}.get(node.type, node.type)
                continue
            for command in self.commands(node, joined, nested):
                yield command
                joined = ";"

    def _inside(self, node: tree_sitter.Node) -> Iterator[ShellCommand]:
        """Commands in substitutions."""
        if node.type in ("command_substitution", "process_substitution"):
            yield from self.commands(node, "", True)
        else:
            for child in node.children:
                yield from self._inside(child)

    def _command(self, node: tree_sitter.Node, joined: str, nested: bool) -> ShellCommand:
        words: list[ShellWord] = []
        assignments: list[tuple[str, str]] = []
        writes: list[ShellWord] = []
        for child in node.children:
            if child.type == "variable_assignment":
                name, _, value = self._text(child).partition("=")
                assignments.append((name, value.strip("\"'")))
            elif child.type == "file_redirect":
                writes += self._targets(child)
            elif child.type not in ("heredoc_redirect", "herestring_redirect"):
                words.append(self._word(child))
        return ShellCommand(words=tuple(words), assignments=tuple(assignments), writes=tuple(writes), joined=joined, nested=nested, span=self._span(node))

    def _targets(self, redirect: tree_sitter.Node) -> Iterator[ShellWord]:
        if redirect.type == "heredoc_redirect":
            for child in redirect.children:
                yield from self._targets(child)
        elif redirect.type == "file_redirect" and any(child.type in (">", ">>", "&>", "&>>", ">|") for child in redirect.children):
            destination = redirect.child_by_field_name("destination")
            if destination is not None:
                yield self._word(destination)

    def _word(self, node: tree_sitter.Node) -> ShellWord:
        plain = not any(part in self._text(node) for part in ("$", "`")) or node.type == "raw_string"
        return ShellWord(_unquoted(self._text(node)), plain, self._span(node))

    def _text(self, node: tree_sitter.Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _span(self, node: tree_sitter.Node) -> Span:
        if node.start_byte >= len(self.places):
            return self.text.span(len(self.text.text))
        return self.text.span(self.places[node.start_byte], self.places[node.end_byte - 1] + 1)


def _flat(node: tree_sitter.Node) -> list[tree_sitter.Node]:
    """The children of `node`; of `a && b && c`, which is a list in a list, all of them at once, however many there are."""
    found: list[tree_sitter.Node] = []
    children = node.children
    while children and children[0].type == "list":
        found += reversed(children[1:])
        children = children[0].children
    return [*children, *reversed(found)]


def _unquoted(text: str) -> str:
    found: list[str] = []
    quote = ""
    place = 0
    while place < len(text):
        character = text[place]
        if character == "\\" and quote != "'" and place + 1 < len(text):
            found.append(text[place + 1] if not quote or text[place + 1] in '"\\$`' else text[place : place + 2])
            place += 2
            continue
        if quote and character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote = character
        else:
            found.append(character)
        place += 1
    return "".join(found)
