"""A table for the terminal and for a page: images by what made them, and figures of each."""

import sys
from dataclasses import dataclass, field


@dataclass(slots=True)
class Sheet:
    """`missed` says whether a target was; `notes` stand below. Cells of the first column stand left, figures right."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missed: bool = False

    def row(self, *cells: str, missed: bool = False) -> None:
        """One more row, told on stderr at once; cells that are not given are empty."""
        print("  ".join(cells), file=sys.stderr, flush=True)
        self.rows.append((*cells, *("" for _ in self.columns[len(cells) :])))
        self.missed |= missed

    def text(self) -> str:
        """As columns."""
        table = [self.columns, *self.rows]
        widths = [max(len(row[place]) for row in table) for place in range(len(self.columns))]
        lines = ["  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]) for row in table]
        return "\n".join([self.title, *(line.rstrip() for line in lines), *self.notes]) + "\n"

    def markdown(self) -> str:
        """As a table of Markdown."""
        rule = ("---", *("--:" for _ in self.columns[1:]))
        lines = [f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows)]
        notes = ["", *(f"- {note}" for note in self.notes)] if self.notes else []
        return "\n".join([f"### {self.title}", "", *lines, *notes]) + "\n"


def megabytes(count: float) -> str:
    """Of 1,000,000 bytes."""
    return f"{count / 1_000_000:.1f}"
