"""Instructions of a Dockerfile with their lines: enough to take hints from, not the language itself."""

import json
import re
from dataclasses import dataclass

_ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)\s*$", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*\w+\s*=")
_HEREDOC = re.compile(r"<<-?\s*([\"']?)([A-Za-z_][A-Za-z0-9_]*)\1")
_VARIABLE = re.compile(r"\\(\$)|\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:[-+])([^}]*))?\})")
_PAIR = re.compile(r"""([A-Za-z_][\w.-]*)=((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])*)""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its upper-case name, what follows (continuations joined), the line it starts on."""

    name: str
    rest: str
    line: int


def instructions(text: str) -> tuple[Instruction, ...]:
    """All instructions in order. Comments, blank lines and the bodies of here-documents are left out; nothing is an error."""
    lines = text.splitlines()
    escape = _escape(lines)
    found: list[Instruction] = []
    index = 0
    while index < len(lines):
        start = index
        line = lines[index]
        index += 1
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts: list[str] = []
        while True:
            stripped = line.rstrip()
            continued = stripped.endswith(escape)
            parts.append(stripped[:-1] if continued else stripped)
            while continued and index < len(lines) and (lines[index].lstrip().startswith("#") or not lines[index].strip()):
                index += 1
            if not continued or index >= len(lines):
                break
            line = lines[index]
            index += 1
        joined = " ".join(part.strip() for part in parts).strip()
        name, _, rest = joined.partition(" ")
        if name.upper() in ("RUN", "COPY", "ADD"):
            index = _after_heredocs(lines, index, rest)
        found.append(Instruction(name.upper(), rest.strip(), start + 1))
    return tuple(found)


def exec_form(rest: str) -> tuple[str, ...] | None:
    """The words of a JSON array of strings, or None when `rest` is shell form."""
    if not rest.startswith("["):
        return None
    try:
        words = json.loads(rest)
    except json.JSONDecodeError:
        return None
    return tuple(words) if isinstance(words, list) and all(isinstance(word, str) for word in words) else None


def pairs(rest: str) -> tuple[tuple[str, str], ...]:
    """The pairs of `ENV A=1 B="two words"` or of the old `ENV A one value`, values still unexpanded."""
    found = _PAIR.match(rest)
    if found is None:
        name, _, value = rest.partition(" ")
        return ((name, value.strip()),) if value.strip() else ()
    return tuple((name, _unquoted(value)) for name, value in _PAIR.findall(rest))


def expanded(text: str, variables: dict[str, str]) -> str:
    """`text` with `$A`, `${A}`, `${A:-b}` and `${A:+b}` replaced; an unknown one by nothing."""

    def value(match: re.Match[str]) -> str:
        if match[1]:
            return "$"
        known = variables.get(match[2] or match[3], "")
        match match[4]:
            case ":-":
                return known or match[5]
            case ":+":
                return match[5] if known else ""
            case _:
                return known

    return _VARIABLE.sub(value, text)


def _escape(lines: list[str]) -> str:
    """Directives stand before everything else."""
    for line in lines:
        if not _DIRECTIVE.match(line):
            break
        found = _ESCAPE.match(line)
        if found:
            return found[1]
    return "\\"


def _after_heredocs(lines: list[str], index: int, rest: str) -> int:
    for _, word in _HEREDOC.findall(rest):
        end = index
        while end < len(lines) and lines[end].strip() != word:
            end += 1
        if end < len(lines):
            index = end + 1
    return index


def _unquoted(value: str) -> str:
    def part(match: re.Match[str]) -> str:
        if match[1] is not None:
            return re.sub(r'\\(["\\$])', r"\1", match[1])
        if match[2] is not None:
            return match[2]
        return match[3]

    return re.sub(r'"((?:[^"\\]|\\.)*)"|\'([^\']*)\'|\\(.)', part, value, flags=re.DOTALL)
