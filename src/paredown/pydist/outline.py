"""What an app says that matters below it, as keys: two apps with the same outline need the same of everything that is not theirs."""

from dataclasses import dataclass
from typing import Any

from paredown.pydist.read import records
from paredown.store import Store
from paredown.tree import Tree, keyed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """`key` covers all that Facts are made of; `imports` the imports and dotted names alone, and the files that say them.

    `starts_shell` are the files that start a shell, each with the call that does: ("app/main.py", "os.system").
    """

    key: str
    imports: str
    starts_shell: tuple[tuple[str, str], ...]


def outline(app: Tree, store: Store) -> Outline:
    """The outline of an app's tree; only changed files are read."""
    said: list[Any] = [record for _, record in records(app, store)]
    return Outline(
        key=keyed(said),
        imports=keyed([record["files"], record["imports"], record["strings"]] for record in said),
        starts_shell=tuple(sorted((record["files"][index], call) for record in said for index, call in record["shell"])),
    )
