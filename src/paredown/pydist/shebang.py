"""What a script's first line says that it runs on."""

import posixpath

from paredown.tree import Entry

_LONGEST_LINE = 256
_LARGEST_SCRIPT = 1 << 20


def interpreter_named(entry: Entry) -> str:
    """The absolute path of the interpreter, or the name that `env` is to look for; "" for what is no script."""
    if not 2 < entry.size <= _LARGEST_SCRIPT:
        return ""
    first = entry.read()[:_LONGEST_LINE].partition(b"\n")[0]
    words = first[2:].decode("utf-8", "replace").split() if first.startswith(b"#!") else []
    if not words or not words[0].startswith("/"):
        return ""
    if posixpath.basename(words[0]) == "env" and len(words) > 1:
        return next((word for word in words[1:] if not word.startswith("-") and "=" not in word), "")
    return words[0]
