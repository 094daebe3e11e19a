"""Texts of which some words vary from run to run (an id in a page, a time in a log line), and whether a third one is like them."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

# A signature or a token in URL-safe base64 is one word, hyphens and all.
_WORDS = re.compile(r"[\w-]{20,}|\w+|\s+|[^\w\s]")
_TOKEN = re.compile(r"[\w-]*")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_LONGEST_COMPARED = 1_000_000


def words_differ(text: str) -> bool:
    """Whether `text` is long enough that its words are compared one by one; a single word varies as a whole."""
    return len(text.split()) > 1


def matches(one: str, other: str, third: str) -> bool:
    """Whether `third` is equal to `one` and `other` wherever these two agree, and has something of the same kind where they do not."""
    if max(len(one), len(other), len(third)) > _LONGEST_COMPARED:
        return True  # texts as long as that come as digests
    return _template(one, other).fullmatch(third) is not None


@lru_cache(maxsize=256)
def _template(one: str, other: str) -> re.Pattern[str]:
    return re.compile("".join(_pieces(one, other, (_LINES, _WORDS))))


def _pieces(one: str, other: str, levels: tuple[re.Pattern[str], ...]) -> Iterator[str]:
    """What both have as it is, and what may stand between; line by line first, then word by word: a page has thousands of words."""
    if not levels or not one or not other:
        yield _gap(one, other)
        return
    left, right = levels[0].findall(one), levels[0].findall(other)
    for operation, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if operation == "equal":
            yield re.escape("".join(left[a:b]))
        else:
            yield from _pieces("".join(left[a:b]), "".join(right[c:d]), levels[1:])


def _gap(one: str, other: str) -> str:
    """What may stand where `one` and `other` stood."""
    both = one + other
    least = 0 if not one or not other else 1
    if both.isdigit():
        return rf"\d{{{least},40}}"
    if max(len(one), len(other)) >= 20 and _TOKEN.fullmatch(both):
        return rf"[\w-]{{{least},2000}}"
    if re.fullmatch(r"\w*", both):
        return rf"\w{{{least},200}}"
    if not any(character.isspace() for character in both):
        return rf"\S{{{least},2000}}"
    return rf"[\s\S]{{{least},{4 * max(len(one), len(other)) + 200}}}?"
