"""What a rule for compose files looks at: services and their settings, each with its place, merges (`<<`) and anchors followed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from paredown.dockerfile.syntax import Span
from paredown.errors import UserError
from paredown.origin import Origin
from paredown.rules.recipe import Context

_DEVELOPMENT = frozenset({"dev", "development", "devel", "local", "test", "tests", "testing", "override", "debug", "ci", "e2e"})


@dataclass(frozen=True, slots=True)
class Value:
    """A YAML value. Asked for what it is not (`members` of a text), it is empty."""

    node: yaml.Node

    @property
    def span(self) -> Span:
        """Where it stands; of an alias, where its anchor is."""
        return Span(self.node.start_mark.index, self.node.end_mark.index)

    @property
    def text(self) -> str:
        """A scalar as it is written, without quotes; "" for a list, a mapping and null."""
        return str(self.node.value) if isinstance(self.node, yaml.ScalarNode) and self.node.tag != "tag:yaml.org,2002:null" else ""

    @property
    def items(self) -> "tuple[Value, ...]":
        """Of a list."""
        return tuple(Value(node) for node in self.node.value) if isinstance(self.node, yaml.SequenceNode) else ()

    @property
    def members(self) -> "dict[str, tuple[Value, Value]]":
        """Of a mapping: key and value by the key's text; what stands here goes before what is merged."""
        found: dict[str, tuple[Value, Value]] = {}
        _gather(self.node, found, set())
        return found

    def get(self, *keys: str) -> "Value | None":
        """The value behind `keys`, one in another; None when there is none."""
        value: Value | None = self
        for key in keys:
            value = value.members[key][1] if value is not None and key in value.members else None
        return value


def _gather(node: yaml.Node, found: dict[str, tuple[Value, Value]], seen: set[int]) -> None:
    """Add the members of `node` and of what it merges. Each mapping counts once: files may merge in circles, or the same thing a million times."""
    if not isinstance(node, yaml.MappingNode) or id(node) in seen:
        return
    seen.add(id(node))
    merged: list[yaml.Node] = []
    for key, value in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            merged += value.value if isinstance(value, yaml.SequenceNode) else [value]
        elif isinstance(key, yaml.ScalarNode):
            found.setdefault(str(key.value), (Value(key), Value(value)))
    for source in merged:
        _gather(source, found, seen)


@dataclass(frozen=True, slots=True)
class Bind:
    """A file or folder of the host, seen in the container at `target`."""

    source: str
    target: str
    read_only: bool
    value: Value


@dataclass(frozen=True, slots=True)
class Service:
    """A service: its name as written, and its settings."""

    name: str
    key: Value
    settings: Value

    def get(self, *keys: str) -> Value | None:
        """The setting behind `keys`, one in another."""
        return self.settings.get(*keys)

    @property
    def environment(self) -> Iterator[tuple[str, str, Value]]:
        """Each variable that is given a value: its name, its value, and where that is."""
        setting = self.get("environment")
        for name, (_, value) in (setting.members if setting else {}).items():
            yield name, value.text, value
        for item in setting.items if setting else ():
            name, equals, text = item.text.partition("=")
            if equals:
                yield name, text, item

    @property
    def binds(self) -> Iterator[Bind]:
        """The host's files and folders that it gets to see, variables as written."""
        setting = self.get("volumes")
        for item in setting.items if setting else ():
            if item.text:
                source, _, rest = item.text.partition(":")
                target, _, options = rest.partition(":")
            elif (kind := item.get("type")) is not None and kind.text == "bind":
                source, target = (found.text if (found := item.get(key)) else "" for key in ("source", "target"))
                options = "ro" if (only := item.get("read_only")) and only.text == "true" else ""
            else:
                continue
            if source.startswith((".", "/", "~", "$")) and target:
                yield Bind(source, target, "ro" in options.split(","), item)

    @property
    def dependencies(self) -> Iterator[tuple[str, str, Value]]:
        """The services that it starts after: their name, the condition ("" where none is said), and where that is said."""
        setting = self.get("depends_on")
        for item in setting.items if setting else ():
            yield item.text, "", item
        for name, (key, value) in (setting.members if setting else {}).items():
            condition = value.get("condition")
            yield name, condition.text if condition else "", key

    @property
    def is_server(self) -> bool:
        """Whether others talk to it: it publishes or exposes a port, or says when it is healthy."""
        return any(self.get(key) is not None for key in ("ports", "expose", "healthcheck"))

    @property
    def whole(self) -> bool:
        """Whether all of its settings stand here: it says what it runs, and takes nothing from another file or service."""
        return self.get("extends") is None and (self.get("image") is not None or self.get("build") is not None)


@dataclass(frozen=True, slots=True)
class ComposeFile:
    """A compose file. `context` is the folder that it lies in, None when nobody knows it."""

    text: str
    file: str
    root: Value
    services: tuple[Service, ...]
    context: Context | None

    @property
    def for_development(self) -> bool:
        """Whether its name says that it is for a developer's machine or for tests."""
        words = re.split(r"[^a-z]+", self.file.rpartition("/")[2].lower())
        return not _DEVELOPMENT.isdisjoint(words)

    def service(self, name: str) -> Service | None:
        """The service of this name."""
        return next((service for service in self.services if service.name == name), None)


def compose_file_of(text: str, file: str, context: Context | None) -> ComposeFile:
    """`text` as a compose file. Raises UserError, with the line, for what is no YAML or has no services."""
    try:
        documents = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise UserError(f"{file} is no YAML: {error.problem or error.context}", where=Origin(file, line), fix="mend the line, or the one above it") from error
    except yaml.YAMLError as error:
        raise UserError(f"{file} is no YAML: {str(error).splitlines()[0]}", where=file, fix="save it as plain text") from error
    except RecursionError as error:
        raise UserError(f"{file} is nested too deeply", where=file, fix="write it with fewer brackets in one another") from error
    root = Value(documents[0]) if documents and documents[0] is not None else None
    services = root.members.get("services") if root else None
    if root is None or (services is None and "include" not in root.members):
        raise UserError(f"{file} has no `services`, so it is no compose file", where=file, fix="put each container under `services:`")
    found = [Service(name, key, value) for name, (key, value) in services[1].members.items()] if services else []
    return ComposeFile(text, file, root, tuple(found), context)
