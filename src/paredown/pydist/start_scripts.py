"""The shell scripts through which a service starts, followed from its start command: what they name counts as named by the command."""

import posixpath
import re
from collections.abc import Iterator

from paredown.tree import Tree

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"})
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_WORD = re.compile(r"[\w./@%+:,=~-]+")
_MOST = 1 << 20  # bytes of a script
_MOST_SCRIPTS = 20


def started(words: tuple[str, ...], tree: Tree, *, search_path: str, working_directory: str) -> tuple[str, ...]:
    """The start command's words, and those of the scripts that it comes by."""
    folders = (search_path or _PATH).split(":")
    seen: dict[str, str] = {}
    waiting = [piece for word in words for piece in _WORD.findall(word)]
    while waiting and len(seen) < _MOST_SCRIPTS:
        for place in _places(waiting.pop(0), folders, working_directory):
            found = tree.resolve(place)
            if found and found not in seen and (text := _script(found, tree)):
                seen[found] = text.partition("\n")[0].removeprefix("#!") + "\n" + text
                waiting += _WORD.findall(text)
    shell = ("sh",) if "CMD-SHELL" in words else ()
    return (*words, *shell, *dict.fromkeys(piece for text in seen.values() for piece in _WORD.findall(text)))


def _places(word: str, folders: list[str], working_directory: str) -> Iterator[str]:
    if "/" in word:
        yield posixpath.join("/", working_directory, word)
    else:
        yield from (f"{folder}/{word}" for folder in folders)


def _script(path: str, tree: Tree) -> str:
    """The text of a shell script, "" for anything else."""
    entry = tree[path]
    if (not entry.executable and not path.endswith(".sh")) or not 2 < entry.size < _MOST:
        return ""
    text = entry.read().decode("utf-8", "replace")
    first = text.partition("\n")[0]
    if not first.startswith("#!"):
        return text if path.endswith(".sh") else ""
    return text if any(posixpath.basename(word) in _SHELLS for word in first[2:].split()) else ""
