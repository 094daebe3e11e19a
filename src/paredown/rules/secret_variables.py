"""Tells which variables hold a secret: by what they are called, unless their value is none, or by the value itself."""

import re

from paredown import credentials

_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASS|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|CREDENTIALS?)(?:_(?:ID|KEY|VALUE))?$", re.IGNORECASE
)
_NO_SECRET = re.compile(
    r"|/.*|[\w./-]+\.(?:json|pem|key|txt)|true|false|yes|no|none|null|\d{1,5}|[!_]?(?:pls-)?change-?(?:me|this|it).*|x+(?:[-_]x+)*|%.*|\*+|<.*>|\$.*"
    r"|(?:your|my|some|dummy|example|placeholder|build|not-?used|unused|insecure|test)[\w-]*",
    re.IGNORECASE,
)
_WITH_PASSWORD = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/@:\"'$]*:(?![$*])[^\s/@\"']+@")


def holds_secret(name: str, value: str) -> bool:
    """Whether the variable gives a secret away. Paths, switches, references to other variables and obvious placeholders are none."""
    return is_secret(value) or (_NAME.search(name) is not None and not _NO_SECRET.fullmatch(value.strip("'\"")))


def is_secret(text: str) -> bool:
    """Whether a token, a key, or an address with a password stands in `text`."""
    return _WITH_PASSWORD.search(text) is not None or is_token(text)


def is_token(text: str) -> bool:
    """Whether a key or token stands in `text` that somebody gives out, such as GitHub or AWS."""
    return next(credentials.by_content("", text.encode("utf-8", "surrogateescape")), None) is not None
