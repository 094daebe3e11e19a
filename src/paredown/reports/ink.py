"""How text for people is set off, and how wide it is."""

from dataclasses import dataclass

WIDTH = 80


@dataclass(frozen=True, slots=True)
class Ink:
    """How text is set off: with terminal colours, or not at all."""

    colours: bool

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self.colours else text

    def dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.colours else text

    def green(self, text: str) -> str:
        return f"\x1b[32m{text}\x1b[0m" if self.colours else text

    def red(self, text: str) -> str:
        return f"\x1b[31m{text}\x1b[0m" if self.colours else text

    def yellow(self, text: str) -> str:
        return f"\x1b[33m{text}\x1b[0m" if self.colours else text

    def cyan(self, text: str) -> str:
        return f"\x1b[36m{text}\x1b[0m" if self.colours else text
