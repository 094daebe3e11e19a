"""The shell scripts and settings through which a service starts, followed from its start command: what they name counts as named by the command."""

import posixpath
import re
from collections.abc import Iterator

from paredown.tree import Kind, Tree

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"})
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_WORD = re.compile(r"[\w./@%+:,=~-]+")
_SETTINGS = (".conf", ".ini", ".cfg")  # where process supervisors have the programs that they start
_COMMENT = re.compile(r"^\s*[#;](?!!).*$", re.MULTILINE)
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
            for one in _settings_in(found, tree) if place.endswith("/") and found else [found]:
                if one and one not in seen and (text := _script(one, tree)):
                    seen[one] = _COMMENT.sub("", text).replace("#!", "", 1)
                    waiting += _pieces(seen[one])
    shell = ("sh",) if "CMD-SHELL" in words else ()
    return (*words, *shell, *dict.fromkeys(piece for text in seen.values() for piece in _pieces(text)))


def _pieces(text: str) -> Iterator[str]:
    """Its words, and of `command=/usr/sbin/nginx` also what is given."""
    for word in _WORD.findall(text):
        yield word
        if given := word.partition("=")[2]:
            yield given


def _places(word: str, folders: list[str], working_directory: str) -> Iterator[str]:
    if "/" in word:
        yield posixpath.join("/", working_directory, word)
    else:
        yield from (f"{folder}/{word}" for folder in folders)


def _settings_in(folder: str, tree: Tree) -> list[str]:
    """What `include /etc/supervisor/conf.d/*.conf` names."""
    return [path for path, _ in tree.under(folder) if path.endswith(_SETTINGS) and posixpath.dirname(path) == folder]


def _script(path: str, tree: Tree) -> str:
    """The text of a shell script or of settings, "" for anything else."""
    entry = tree[path]
    if entry.kind is not Kind.FILE or (not entry.executable and not path.endswith((".sh", *_SETTINGS))) or not 2 < entry.size < _MOST:
        return ""
    text = entry.read().decode("utf-8", "replace")
    first = text.partition("\n")[0]
    if not first.startswith("#!"):
        return text if path.endswith((".sh", *_SETTINGS)) else ""
    return text if any(posixpath.basename(word) in _SHELLS for word in first[2:].split()) else ""
