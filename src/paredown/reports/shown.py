"""Text of users' files made fit for a terminal: nothing in it is obeyed, and every character's place is known."""

import unicodedata
from dataclasses import dataclass

_TAB = 4


def harmless(text: str) -> str:
    """`text` with each character that would steer a terminal or is not seen replaced by a sign; line ends and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if character in "\n\t" else _sign(character) for character in text)


def _sign(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "\N{SYMBOL FOR DELETE}" if code == 0x7F else "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a line that is shown, and where the marked part of it stands there; in columns of a terminal."""

    text: str
    start: int
    width: int


def window(line: str, start: int, end: int, room: int) -> Window:
    """`line` in at most `room` columns, cut where that leaves `start` (and if it can be, `end`) in sight; both are characters of it, from 0."""
    cells = [" " * _TAB if character == "\t" else _sign(character) for character in line]
    widths = [_width(cell) for cell in cells]
    end = max(min(end, len(cells)), start)
    first, last = 0, len(cells)
    if sum(widths) > room:
        while first < start and (sum(widths[first:end]) > room - 2 or sum(widths[first:start]) > room // 2):
            first += 1
        space = room - 1 - (first > 0)
        last = first
        while last < len(cells) and sum(widths[first : last + 1]) <= space:
            last += 1
    before, after = "…" * (first > 0), "…" * (last < len(cells))
    return Window(
        text=before + "".join(cells[first:last]) + after,
        start=len(before) + sum(widths[first:start]),
        width=max(sum(widths[start : min(end, last)]), 1),
    )


def _width(cell: str) -> int:
    if cell.isascii():
        return len(cell)
    return sum(0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in cell)
