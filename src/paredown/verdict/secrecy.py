"""What a verdict must not tell, though services and their users say it: passwords, tokens and cookies, by what they are called and by how they look."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from paredown.errors import redacted
from paredown.result import Difference, Mask, Skipped, Verdict

HIDDEN = "***"

_SHORTEST_GIVEN = 6  # characters; shorter ones stand in too many other words
_NAME = r"(?:authori[sz]ation|passw(?:or)?d|passwd|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|csrf\w*|session[-_]?id)"
_NOT_SO = r"(?![-_]?(?:type|expir|ttl|count|url|uri|length|used|limit))"
_NAMED = re.compile(rf"{_NAME}s?{_NOT_SO}", re.IGNORECASE)
_IN_JSON = re.compile(rf'("[^"\s]*{_NAME}s?{_NOT_SO}[^"\s]*"\s*:\s*(?:\[\s*)?)"((?:[^"\\]|\\.)*)(?="|$)', re.IGNORECASE)
_IN_QUERY = re.compile(rf"(?<![\w%-])([\w.%-]*{_NAME}s?{_NOT_SO}[\w.%-]*=)([^&\s\"'#;,]+)", re.IGNORECASE)
_COOKIES = re.compile(r'("(?:set-)?cookie"\s*:\s*\[)([^\]]*)', re.IGNORECASE)
_COOKIE = re.compile(r'((?:^|(?<=[\["]))[^=;,"\s\[\]]+=)([^;"]+)')
_BY_LOOKS = (
    (re.compile(r"\b(Bearer|Basic|Digest)\s+(?=\S*[\d=._-])[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?"), HIDDEN),  # a JSON Web Token
    (re.compile(r"\b(?:[srp]k_(?:live|test)_\w+|gh[opsru]_\w{20,}|AKIA[0-9A-Z]{16}|xox[abpr]-[\w-]+)"), HIDDEN),
)


def concealed(verdict: Verdict, given: Iterable[str] = ()) -> Verdict:
    """`verdict` without secrets; `given` are those that the user lent for it, which are hidden wherever they stand."""
    known = known_secrets(given)
    return replace(
        verdict,
        differences=tuple(_difference(each, known) for each in verdict.differences),
        intended=tuple(_difference(each, known) for each in verdict.intended),
        unproven=tuple(_skipped(each, known) for each in verdict.unproven),
        skipped=tuple(_skipped(each, known) for each in verdict.skipped),
        masks=tuple(_mask(each, known) for each in verdict.masks),
    )


def known_secrets(given: Iterable[str]) -> tuple[str, ...]:
    """Those of `given` that are long enough to be told from other words, the longest first."""
    return tuple(sorted({each for each in given if len(each) >= _SHORTEST_GIVEN}, key=len, reverse=True))


def secrets_in(text: str) -> Iterator[str]:
    """The secrets of a request's body, by their names: in JSON or in a form."""
    for pattern in (_IN_JSON, _IN_QUERY):
        yield from (found[2] for found in pattern.finditer(text))


def names_a_secret(name: str) -> bool:
    """Whether a header or a variable of this name holds one."""
    return _NAMED.search(name) is not None or name.lower() == "cookie"


def _difference(each: Difference, given: tuple[str, ...]) -> Difference:
    return replace(each, key=without_secrets(each.key, given), before=_value(each.before, each.place, given), after=_value(each.after, each.place, given))


def _mask(each: Mask, given: tuple[str, ...]) -> Mask:
    return replace(each, key=without_secrets(each.key, given), one=_value(each.one, each.place, given), other=_value(each.other, each.place, given))


def _skipped(each: Skipped, given: tuple[str, ...]) -> Skipped:
    return replace(each, reason=without_secrets(each.reason, given))


def _value(text: str, place: str, given: tuple[str, ...]) -> str:
    """What stands at `place` of an observation, a JSON pointer."""
    last = next((part for part in reversed(place.split("/")) if part not in ("", "*", "(order)")), "")
    if last.lower() in ("set-cookie", "cookie"):
        text = _COOKIE.sub(rf"\1{HIDDEN}", text)
    elif _NAMED.search(last) and not re.fullmatch(r"[\[{].*|null|true|false|[\d.]+|\(absent\)|", text, re.DOTALL):
        return HIDDEN
    elif _NAMED.search(last) and text.startswith("["):
        text = re.sub(r'"(?:[^"\\]|\\.)*(?:"|$)', f'"{HIDDEN}"', text)
    return without_secrets(text, given)


def without_secrets(text: str, given: tuple[str, ...]) -> str:
    """`text`, what a service or its user said, with nothing secret in it; `given` are known secrets, the longest first."""
    for secret in given:
        text = text.replace(secret, HIDDEN)
    text = _COOKIES.sub(lambda found: found[1] + _COOKIE.sub(rf"\1{HIDDEN}", found[2]), redacted(text))
    text = _IN_JSON.sub(rf'\1"{HIDDEN}', text)
    text = _IN_QUERY.sub(rf"\1{HIDDEN}", text)
    for pattern, instead in _BY_LOOKS:
        text = pattern.sub(instead, text)
    return text
