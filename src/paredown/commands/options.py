"""Which options the servers have, as `--help` of several of their releases says, and what another server's option is called there."""

import difflib
import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from paredown.commands.servers import SERVERS, program

_SHORTENED = ("gunicorn", "hypercorn", "daphne", "waitress-serve")  # argparse and getopt take the beginning of a name for it


@dataclass(frozen=True, slots=True)
class UnknownOption:
    """The word at `index` is an option that no release of `server` has; `instead` is its own word for the wish, empty when there is none."""

    server: str
    index: int
    option: str
    instead: str


def unknown_options(words: tuple[str, ...]) -> Iterator[UnknownOption]:
    """The options of a server's command that it does not have; none for a program that is no server, or whose subcommand is not known."""
    name = program(words)
    first = words.index(name) + 1 if name in words else len(words)
    table = _table()
    known = table.get(name) or next((table[f"{name} {word}"] for word in words[first:] if f"{name} {word}" in table), None)
    if known is None:
        return
    for index, word in enumerate(words[first:], start=first):
        if word == "--":
            return
        option = re.match(r"--[A-Za-z][\w-]*|-[A-Za-z]\Z", word)
        if option is None or option[0] in known:
            continue
        if name in _SHORTENED and any(one.startswith(option[0]) for one in known):
            continue
        server = SERVERS.get(name)
        foreign = server.foreign.get(option[0], "") if server and server.foreign else ""
        yield UnknownOption(name, index, option[0], foreign or _nearest(option[0], known))


def _nearest(option: str, known: frozenset[str]) -> str:
    alike = [one for one in known if len(one) > 6 and option.startswith("--") and (option[2:] in one or one[2:] in option)]
    return next(iter(sorted(alike, key=len) or difflib.get_close_matches(option, sorted(known), 1, 0.75)), "")


@functools.cache
def _table() -> Mapping[str, frozenset[str]]:
    read = json.loads(files(__package__).joinpath("options.json").read_text())
    return {name: frozenset(entry["options"].split()) for name, entry in read.items()}
