"""The `{{variables}}` of request files: what the file defines, what every editor knows, and what earlier answers held."""

import re
from dataclasses import dataclass, field

from paredown.errors import UserError
from paredown.probes.exchange.interface import Binding

_REFERENCE = re.compile(r"\{\{\s*(?P<what>[^{}]+?)\s*\}\}")
_ANSWER = re.compile(r"(?P<name>[\w-]+)\.(?P<side>response|request)\.(?P<part>body|headers)\.(?P<where>.+)")
_STEP = re.compile(r"""\.?(?P<name>[A-Za-z_][\w-]*)|\[(?P<index>\d+)\]|\[(?P<quote>["'])(?P<key>[^"']+)(?P=quote)\]""")
_REMEMBERS = re.compile(
    r"""client\.global\.set\(\s*["'](?P<name>[\w.-]+)["']\s*,\s*response\."""
    r"""(?:body(?P<where>[^\s,)]+)|headers\.valueOf\(\s*["'](?P<header>[\w-]+)["']\s*\))\s*\)"""
)
_DEEPEST = 20
_MOST_TEXT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """The file being read."""

    name: str

    def wrong(self, what: str, line: int, *, fix: str) -> UserError:
        """The error that says `what` is the matter with a line."""
        return UserError(f"the request file has a line that cannot be followed: {what}", where=f"{self.name}:{line}", fix=fix)


@dataclass(slots=True)
class Filling:
    """The variables of one request: texts filled, and bindings for what is known only when it is sent."""

    variables: "Variables"
    line: int
    found: dict[tuple[str, str], Binding] = field(default_factory=dict)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        return tuple(self.found.values())

    def filled(self, piece: str | bytes) -> bytes:
        """A piece of a body: text with its variables filled, bytes as they are."""
        return piece if isinstance(piece, bytes) else self.text(piece).encode()

    def text(self, text: str, depth: int = 0) -> str:
        """`text` with each variable replaced by its value, or by the placeholder of a binding."""
        if depth > _DEEPEST:
            raise self._wrong("variables refer to each other in a circle", fix="give one of them a value")
        return _REFERENCE.sub(lambda found: self._value(found.group("what"), depth), text)

    def _value(self, what: str, depth: int) -> str:
        bare = what.removeprefix("%")  # REST Client's mark for a value to be percent-encoded
        if bare in self.variables.defined:
            value = self.text(self.variables.defined[bare], depth + 1)
            if len(value) > _MOST_TEXT:
                raise self._wrong(f"the variable {bare} is too long", fix="include a file instead: `< ./file`")
            return value
        if bare in self.variables.remembered:
            return self._bound(*self.variables.remembered[bare])
        if found := _ANSWER.fullmatch(bare):
            return self._of_an_answer(found)
        if bare.startswith("$"):
            return self._of_the_editor(bare)
        raise self._wrong(f"{{{{{bare}}}}} has no value", fix=f"define it in the file: `@{bare} = value`")

    def _of_an_answer(self, found: re.Match[str]) -> str:
        if found.group("side") == "request":
            raise self._wrong("what a request held cannot be referred to", fix="put the value into a variable: `@name = value`")
        source = self.variables.keys.get(found.group("name"))
        if source is None:
            raise self._wrong(f"no request above is named {found.group('name')}", fix=f"write `# @name {found.group('name')}` above the request, and it first")
        if found.group("part") == "headers":
            return self._bound(source, f"header {found.group('where')}")
        pointer = pointer_of(found.group("where").removeprefix("$"))
        if pointer is None:
            raise self._wrong(f"`{found.group('where')}` is no path to one value", fix="write it as `$.key[0].key`")
        return self._bound(source, pointer)

    def _bound(self, source: str, pointer: str) -> str:
        binding = self.found.get((source, pointer))
        if binding is None:
            binding = self.found[source, pointer] = Binding(placeholder=f"paredown-bound-{len(self.found)}-", source=source, pointer=pointer)
        return binding.placeholder

    def _of_the_editor(self, what: str) -> str:
        """A value that is the same in every run, where an editor would make one up."""
        name, *words = what.split()
        match name:
            case "$guid" | "$uuid" | "$random.uuid":
                self.variables.made_up += 1
                return f"00000000-0000-4000-8000-{self.variables.made_up:012d}"
            case "$timestamp":
                return "1767225600"
            case "$isoTimestamp":
                return "2026-01-01T00:00:00Z"
            case "$datetime" | "$localDatetime":
                return "Thu, 01 Jan 2026 00:00:00 GMT" if words[:1] == ["rfc1123"] else "2026-01-01T00:00:00Z"
            case "$randomInt":
                return words[0] if words else "500"
            case "$random.email":
                return "someone@example.com"
            case _ if name.startswith("$random.integer"):
                least = re.search(r"\d+", what)
                return least.group() if least else "500"
            case _ if name.startswith("$random."):
                return "example"
            case _:
                raise self._wrong(f"{name} cannot be read here", fix="write the value as a variable: `@name = value`")

    def _wrong(self, what: str, *, fix: str) -> UserError:
        return self.variables.reading.wrong(what, self.line, fix=fix)


@dataclass(slots=True)
class Variables:
    """What the requests of one file may refer to, as reading it goes on."""

    reading: Reading
    defined: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)  # of the requests so far, by their names
    remembered: dict[str, tuple[str, str]] = field(default_factory=dict)  # source and pointer
    made_up: int = 0

    def define(self, name: str, value: str) -> None:
        """`@name = value`, which counts in all of the file."""
        self.defined[name] = value

    def sent(self, name: str, key: str) -> None:
        """The request called `name` was read: later ones can refer to its answer."""
        if name:
            self.keys[name] = key

    def handled(self, key: str, script: str) -> None:
        """What `script` keeps of an answer by `client.global.set("name", response.body.key)`; the rest of it is not followed."""
        for found in _REMEMBERS.finditer(script):
            pointer = f"header {found.group('header')}" if found.group("header") else pointer_of(found.group("where"))
            if pointer is not None:
                self.remembered[found.group("name")] = (key, pointer)


def pointer_of(path: str) -> str | None:
    """A path such as `.items[0]["id"]` as a JSON pointer; None when it may mean several values or none."""
    pointer, end = "", 0
    while end < len(path):
        step = _STEP.match(path, end)
        if step is None:
            return None
        word = step.group("name") or step.group("index") or step.group("key")
        pointer += "/" + word.replace("~", "~0").replace("/", "~1")
        end = step.end()
    return pointer or None
