"""Every error and every exit code: what happened, where, and what to type.

Exit codes: 0 done, 1 the answer is no, 2 the user's input, 3 the world (network, disk, missing tool), 70 our fault.
"""

import re
from typing import ClassVar

from paredown.origin import Origin

ANSWER_IS_NO = 1

_CREDENTIALS = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/@\s]+@")


def redacted(text: str) -> str:
    """`text` with the user information of every URL replaced by `***`."""
    return _CREDENTIALS.sub(r"\g<scheme>***@", text)


class ParedownError(Exception):
    """An error a person can act on: `what` happened, `where` in their files, the `fix` to type."""

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, where: Origin | str | None = None, fix: str | None = None) -> None:
        self.what = redacted(what)
        self.where = redacted(str(where)) if where is not None else None
        self.fix = redacted(fix) if fix is not None else None
        super().__init__(self.what)

    def __str__(self) -> str:
        lines = [f"error: {self.what}"]
        if self.where is not None:
            lines.append(f"  --> {self.where}")
        if self.fix is not None:
            first, *rest = self.fix.splitlines()
            lines.append(f"  fix: {first}")
            lines.extend(f"       {line}" for line in rest)
        return "\n".join(lines)


class UserError(ParedownError):
    """The user's input cannot be built as it is: a project, a lock, a configuration, an argument."""

    exit_code = 2


class WorldError(ParedownError):
    """The surroundings do not allow it: network, mirror, disk, kernel, a missing tool."""

    exit_code = 3


class NotStartedError(WorldError):
    """A program in an image that the kernel would not start: it is not there, or it is none."""


class UntrustedError(WorldError):
    """Something downloaded is not what was promised: a bad signature, digest or size, an expired index."""


class BrokenArchiveError(UserError):
    """An archive or image that cannot be read, or whose names would leave its root."""
