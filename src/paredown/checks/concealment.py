"""Hides the secrets of a text that is shown: asterisks take their places, so that every other character keeps its own."""

import re
from collections.abc import Iterator

from paredown import credentials

_NAME = r"[\w.-]*(?:passw(?:or)?d|passwd|passphrase|secret|token(?!iz)|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization)s?"
_NOT_SO = r"(?![_-]?(?:type|expir|ttl|count|ur[li]|length|used|limit|file|path|dir|id\b|mode|method|backend|class|header))"
_KEY = rf"(?<![\w.-]){_NAME}{_NOT_SO}[\w.-]*"
# What comes from elsewhere is no secret: a variable, the file of a mount; nor is a number or a switch.
_VALUE = r"(?!\$|/run/|(?:true|false|yes|no|on|off|none|null|\d{1,5})\b)"
_HINT = re.compile(r"pass|secret|token|key|credential|authorization|://|bearer|basic|curl|chpasswd|eyJ", re.IGNORECASE)
_HIDDEN = (  # compiled once a text has a hint
    rf'{_KEY}["\']?\s*[=:]\s*"{_VALUE}(?P<hidden>(?:[^"\\\n]|\\.)+)',
    rf"{_KEY}[\"']?\s*[=:]\s*'{_VALUE}(?P<hidden>[^'\n]+)",
    rf"{_KEY}[\"']?[ \t]*[=:][ \t]*{_VALUE}(?P<hidden>[^\s\"',;&|]+)",
    rf"^\s*(?:ENV|ARG|LABEL)\s+{_KEY}[ \t]+{_VALUE}(?P<hidden>\S[^\n]*)",
    rf"(?<!\S)--?{_NAME}{_NOT_SO}[ \t]+[\"']?{_VALUE}(?P<hidden>[^\s\"'-][^\s\"']*)",
    r"\bhttps?://(?P<hidden>[^/@\s$\"']+)@",
    r"\b[a-z][a-z0-9+.-]*://[^/@\s:\"']*:(?P<hidden>[^/@\s$\"']+)@",
    r"\b(?:Bearer|Basic)\s+(?P<hidden>[\w.~+/=-]{8,})",
    r"\bcurl\b.*?\s(?:-u|--user)[= ]?[\"']?[^\s:\"']+:(?P<hidden>[^\s\"'$]+)",
    r"\bsshpass\s+-p[ ]?[\"']?(?P<hidden>[^\s\"'$]+)",
    r"[\w.-]+:(?P<hidden>[^\s\"'$:]+)[\"']?\s*\|\s*(?:\S*/)?chpasswd",
    r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?P<hidden>(?:(?!-----END).|\n)+)",
    r"\b(?P<hidden>eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)",
)


def concealed(text: str) -> str:
    """`text`, as long as it was, with passwords, tokens and keys hidden: by what they are called and by how they look."""
    places = sorted(_places(text))
    parts: list[str] = []
    done = 0
    for start, end in places:
        start = max(start, done)
        if start < end:
            parts += [text[done:start], re.sub(r"[^\r\n]", "*", text[start:end])]
            done = end
    return "".join((*parts, text[done:]))


def _places(text: str) -> Iterator[tuple[int, int]]:
    yield from credentials.places(text.encode("latin-1", "replace"))  # one byte for each character
    for pattern in _HIDDEN if _HINT.search(text) else ():
        yield from (found.span("hidden") for found in re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE))
