"""A text that a regular expression matches, the plainest there is."""

import re
from typing import Any

_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. !#$%&()*+,/:;<=>?@[]^{|}~\"'\\`"
_LONGEST = 1000


def matching(pattern: str, shortest: int = 0) -> str | None:
    """One of at least `shortest` characters where the pattern's repetitions allow; None when the pattern is beyond this or not Python's."""
    for repeated in (0, shortest):
        try:
            text = _text(re._parser.parse(pattern), repeated)  # type: ignore[attr-defined]
        except (re.error, OverflowError, RecursionError, ValueError, KeyError):
            return None
        if len(text) >= shortest and len(text) <= _LONGEST and re.search(pattern, text):
            return text
    return None


def _text(parsed: Any, repeated: int) -> str:
    return "".join(_piece(str(code), argument, repeated) for code, argument in parsed)


def _piece(code: str, argument: Any, repeated: int) -> str:
    match code:
        case "LITERAL":
            return chr(argument)
        case "NOT_LITERAL":
            return next(sign for sign in _PLAIN if ord(sign) != argument)
        case "ANY":
            return "a"
        case "IN":
            return _one_of(argument)
        case "BRANCH":
            return _text(argument[1][0], repeated)
        case "SUBPATTERN":
            return _text(argument[-1], repeated)
        case "ATOMIC_GROUP":
            return _text(argument, repeated)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = argument
            piece = _text(inner, repeated)
            # One where none would do: a text that says something is the better example.
            return piece * min(max(int(least), 1, repeated), int(most), _LONGEST)
        case "AT" | "ASSERT" | "ASSERT_NOT":
            return ""
    raise ValueError(f"a regular expression with {code}")


def _one_of(choices: Any) -> str:
    first = str(choices[0][0])
    if first == "NEGATE":
        return next(sign for sign in _PLAIN if not any(_has(choice, sign) for choice in choices[1:]))
    return next(
        str(sign) for sign in (*_PLAIN, *(chr(value) for code, value in choices if str(code) == "LITERAL")) if any(_has(choice, sign) for choice in choices)
    )


def _has(choice: Any, sign: str) -> bool:
    code, value = choice
    match str(code):
        case "LITERAL":
            return ord(sign) == int(value)
        case "RANGE":
            return bool(value[0] <= ord(sign) <= value[1])
        case "CATEGORY":
            return _in_category(str(value), sign)
    return False


def _in_category(name: str, sign: str) -> bool:
    kind = {"DIGIT": sign.isdigit(), "WORD": sign.isalnum() or sign == "_", "SPACE": sign.isspace()}[name.rpartition("_")[2]]
    return kind != ("_NOT_" in name)
