"""Words and variables as Dockerfile instructions (not their scripts) have them: quotes, escapes, `$NAME` and `${NAME:-default}`."""

import re
from collections.abc import Iterator, Mapping

from paredown.dockerfile.syntax import Text

# A value that is longer cannot be handed to a program: MAX_ARG_STRLEN of Linux, in characters here.
LONGEST_VALUE = 131_072
_DEEPEST = 8  # braces within braces
# Names, the parameters of a script (never set) and what may follow a name in braces: moby/buildkit frontend/dockerfile/shell.
_NAME = r"[^\W\d]\w*|\d+|[@*#?$!-]"
_DOLLAR = re.compile(r"(?<!\\)(\\*)\$")
_PLAIN = re.compile(_NAME)
_BRACED = re.compile(rf"\{{({_NAME})(:?[-+?]|[#%/])?")
_SPACED = re.compile(r"[^\t\v\f\r ]+")


def whole(text: str) -> Text:
    """`text` as a Text that stands at the start of its source."""
    return Text(text, tuple(range(len(text))))


def by_space(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of `text` stand, separated by white space, whatever the quotes: so FROM, COPY, ADD, EXPOSE and VOLUME have it."""
    return (match.span() for match in _SPACED.finditer(text))


def by_quotes(text: str, escape: str = "\\") -> Iterator[tuple[int, int]]:
    """Where the words of `text` stand, separated by white space outside of quotes: so ENV, LABEL, ARG and flags have it."""
    start: int | None = None
    quote = ""
    place = 0
    while place < len(text):
        character = text[place]
        if start is None and not character.isspace():
            start = place
        if character == escape and quote != "'":
            place += 2
            continue
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif start is not None and character.isspace():
            yield start, place
            start = None
        place += 1
    if start is not None:
        yield start, len(text)


def unquoted(text: str, escape: str = "\\") -> str:
    r"""`text` without its quotes and escapes, as `expanded` takes it.

    Variables stay as written. A `$` that is none becomes `\$`, and backslashes in front of any `$` are doubled, so that the two can be told apart.
    """
    found: list[str] = []
    quote = ""
    place = 0
    ends = True  # a brace that does not end leaves none behind it that could
    while place < len(text):
        character = text[place]
        following = text[place + 1 : place + 2]
        place += 1
        if character == escape and quote != "'":
            place += 1
            if following == "$":
                _add_dollar(found, literal=True)
            elif quote and following not in ('"', escape):
                found += (character, *following)
            else:
                found += following
        elif character == "$" and quote != "'":
            end = _closing(text, place + 1, escape) if ends and following == "{" else None
            ends = ends and (following != "{" or end is not None)
            _add_dollar(found, literal=False)
            if end is not None:
                found.append(_by_backslash(text[place : end + 1], escape))
                place = end + 1
        elif character == "$":
            _add_dollar(found, literal=True)
        elif quote and character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote = character
        else:
            found.append(character)
    return "".join(found)


def _add_dollar(found: list[str], *, literal: bool) -> None:
    slashes = 0
    while slashes < len(found) and found[-1 - slashes] == "\\":
        slashes += 1
    found += ["\\"] * (slashes + literal)
    found.append("$")


def _by_backslash(text: str, escape: str) -> str:
    """What stands in braces keeps its escapes, as a pattern needs them: those by a backtick become those by a backslash."""
    return text if escape == "\\" else re.sub(r"\\|`(.?)", lambda match: "\\\\" if match[0] == "\\" else "\\" + match[1], text, flags=re.DOTALL)


def _closing(text: str, place: int, escape: str = "\\") -> int | None:
    """Where the brace ends that was opened before `place`; None when it does not."""
    depth = 0
    quote = ""
    while place < len(text):
        character = text[place]
        if character == escape and quote != "'":
            place += 1
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif text.startswith("${", place):
            depth += 1
            place += 1
        elif character == "}":
            if depth == 0:
                return place
            depth -= 1
        place += 1
    return None


def expanded(text: str, variables: Mapping[str, str]) -> str:
    """`text`, as `unquoted` gives it, with its variables replaced, an unknown one by nothing.

    What BuildKit refuses (`${}`, `${A=b}`, a brace that does not end) stays as written. A longer result is cut at LONGEST_VALUE.
    """
    return _expand(text, variables, [], 0)


def unknown(text: str, variables: Mapping[str, str]) -> tuple[str, ...]:
    """The names in `text` that `variables` lack and that have no default of their own."""
    names: list[str] = []
    _expand(text, variables, names, 0)
    return tuple(dict.fromkeys(names))


def _expand(text: str, variables: Mapping[str, str], missing: list[str], depth: int) -> str:
    found: list[str] = []
    length = place = 0
    while length <= LONGEST_VALUE and (match := _DOLLAR.search(text, place)):
        piece = text[place : match.start()] + "\\" * (len(match[1]) // 2)
        place = match.end()
        if len(match[1]) % 2:
            piece += "$"
        elif text.startswith("{", place):
            end = _closing(text, place + 1)
            if end is None or depth == _DEEPEST:
                found += (piece, text[place - 1 :])
                return "".join(found)[:LONGEST_VALUE]
            piece += _braced(text[place:end], variables, missing, depth)
            place = end + 1
        elif name := _PLAIN.match(text, place):
            place = name.end()
            piece += _value(name[0], variables, missing)
        else:
            piece += "$"
        found.append(piece)
        length += len(piece)
    return "".join((*found, text[place:]))[:LONGEST_VALUE]


def _value(name: str, variables: Mapping[str, str], missing: list[str]) -> str:
    if name not in variables:
        missing.append(name)
    return variables.get(name, "")


def _braced(text: str, variables: Mapping[str, str], missing: list[str], depth: int) -> str:
    """What `text`, a brace and what stands in it, means."""
    match = _BRACED.match(text)
    if match is None or (not match[2] and match.end() < len(text)):
        return f"${text}}}"
    name, how, rest = match[1], match[2] or "", text[match.end() :]
    value = variables.get(name, "")
    present = name in variables and (value != "" or not how.startswith(":"))
    match how.removeprefix(":"):
        case "-":
            return value if present else _expand(unquoted(rest), variables, missing, depth + 1)
        case "+":
            return _expand(unquoted(rest), variables, missing, depth + 1) if present else ""
        case "#" | "%":
            pattern = _expanded_pattern(rest, variables, missing, depth)
            longest = pattern.startswith(how)
            return _trimmed(_value(name, variables, missing), pattern[longest:], at_end=how == "%", longest=longest)
        case "/":
            every = rest.startswith("/")
            parts = re.match(r"((?:\\.|[^\\/])*)/(.*)\Z", rest[every:], re.DOTALL)
            if parts is None:
                return f"${text}}}"
            old, new = (_expanded_pattern(part, variables, missing, depth) for part in parts.groups())
            return re.sub(_glob(_tokens(old), longest=True), lambda _: new, _value(name, variables, missing), count=0 if every else 1)
        case _:
            return _value(name, variables, missing)


def _expanded_pattern(text: str, variables: Mapping[str, str], missing: list[str], depth: int) -> str:
    """A pattern with its variables, without its quotes, with its escapes: they tell a `*` from a star."""
    kept = re.sub(r"""(\\.)|["']""", lambda match: match[1] or "", text, flags=re.DOTALL)
    return _expand(kept, variables, missing, depth + 1)


def _trimmed(value: str, pattern: str, *, at_end: bool, longest: bool) -> str:
    tokens = _tokens(pattern)
    if at_end:  # searched backwards, as the shortest match at the end is not the first one found from the start
        tokens, value = tokens[::-1], value[::-1]
    match = re.match(_glob(tokens, longest=longest), value)
    rest = value[match.end() :] if match else value
    return rest[::-1] if at_end else rest


def _tokens(pattern: str) -> list[str]:
    return [token.removeprefix("\\") if len(token) > 1 and token[1] in "}/" else token for token in re.findall(r"\\.|.", pattern, re.DOTALL)]


def _glob(tokens: list[str], *, longest: bool) -> str:
    """The expression for `*` and `?`; a star but the last takes as little as it can, once and for all, so that no pattern takes long."""
    parts = [""]
    for one in tokens:
        if one == "*":
            parts.append("")
        else:
            parts[-1] += "." if one == "?" else re.escape(one.removeprefix("\\") if len(one) > 1 else one)
    first, *more = parts
    return first + "".join(f"(?>.*?{part})" for part in more[:-1]) + (f".*{'' if longest else '?'}{more[-1]}" if more else "")
