"""What a rule for ignore files looks at: the patterns line by line, and the folder that is built from."""

from collections.abc import Iterator
from dataclasses import dataclass

from paredown.dockerfile.ignore_file import DockerRules, rules_of
from paredown.dockerfile.syntax import Span
from paredown.rules.recipe import Context

_MOST_NAMES = 20_000  # of a walk; a rule is to take milliseconds
_NOT_ENTERED = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__"})  # large, and told by their own names


@dataclass(frozen=True, slots=True)
class Pattern:
    """A line that is a pattern, as `written`: `text` is what stands behind the `!`, `back` whether there is one."""

    written: str
    text: str
    back: bool
    span: Span


@dataclass(frozen=True, slots=True)
class IgnoreList:
    """An ignore file. `file` is its name without folders; `context` is None when nobody knows the folder that is built from."""

    file: str
    patterns: tuple[Pattern, ...]
    rules: DockerRules
    context: Context | None

    def sent(self) -> Iterator[str]:
        """The paths below the top that a build gets, folders with a final slash, as far as a short walk finds them; none where no context is known."""
        if self.context is None:
            return
        folders = [name for name in self.context.names(".") if name.endswith("/")]
        left = _MOST_NAMES
        while folders and left > 0:
            folder = folders.pop()
            if folder.rpartition("/")[0].rpartition("/")[2] in _NOT_ENTERED or (self.rules.ignores(folder.rstrip("/")) and not self.rules.brings_back):
                continue
            for name in self.context.names(folder):
                left -= 1
                path = folder + name
                if not self.rules.ignores(path.rstrip("/")):
                    yield path
                if name.endswith("/"):
                    folders.append(path)


def ignore_list_of(text: str, file: str, context: Context | None) -> IgnoreList:
    """`text` as an ignore file. Raises UserError, with the line, for a pattern that cannot be read."""
    patterns: list[Pattern] = []
    place = 0
    for line in text.splitlines(keepends=True):
        written = line.strip("\ufeff \t\r\n\v\f")
        if written and not line.lstrip("\ufeff").startswith("#"):
            start = place + line.index(written)
            patterns.append(Pattern(written, written.removeprefix("!").strip(), written.startswith("!"), Span(start, start + len(written))))
        place += len(line)
    return IgnoreList(file.rpartition("/")[2], tuple(patterns), rules_of(text.removeprefix("\ufeff"), file), context)
