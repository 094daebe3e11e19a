"""How a program that runs inside an image tells what came of its checks; it is put before the text of such a program.

Each line of output is JSON: [key, value, kept]; the last is ["end"]. A check that is `kept` is fine (null) or has a complaint.
"""

import json
import os
import re
from collections.abc import Callable

NOISE = re.compile(r"0x[0-9a-fA-F]{4,}|(?<=/tmp/)[^\s'\"]+|(?<=pid[ =])\d+")


def described(error: BaseException) -> str:
    """An error as one line that is the same each time."""
    return NOISE.sub("...", f"{type(error).__name__}: {error}".splitlines()[0])[:300]


class Telling:
    """Writes what came of the checks; one that goes wrong hides no other."""

    def __init__(self, handle: int) -> None:
        self.out = os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace")

    def tell(self, *words: object) -> None:
        """Write one line."""
        self.out.write(json.dumps(words) + "\n")
        self.out.flush()

    def same(self, key: str, look: "Callable[..., object]", *arguments: object) -> None:
        """What `look` returns of `arguments`, or how it failed, must be the same in both images."""
        try:
            value = look(*arguments)
        except BaseException as error:  # noqa: BLE001 - what is missing may show in any way
            value = {"error": described(error)}
        self.tell(key, value, False)

    def works(self, key: str, look: "Callable[..., object]", *arguments: object, complaint: str = "does not work") -> None:
        """`look` must go on working with `arguments`: it raises or returns False when it does not."""
        try:
            value = look(*arguments)
        except BaseException as error:  # noqa: BLE001
            self.tell(key, described(error), True)
        else:
            self.tell(key, complaint if value is False else None, True)


def group(check: "Callable[..., None]") -> "Callable[..., None]":
    """A group of checks as one; when its module itself is missing, that is the one thing told."""

    def run(telling: Telling, *arguments: object) -> None:
        telling.works(check.__name__.replace("_", " "), lambda: check(telling, *arguments))

    return run


def run(checks: "list[Callable[..., None]]", also: "dict[str, Callable[..., None]]") -> None:
    """Run `checks`, and those in `also` with what standard input has for them; what they print goes nowhere."""
    with os.fdopen(0, "rb", closefd=False) as stream:
        asked = json.loads(stream.read())
    telling = Telling(os.dup(1))
    nothing = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(nothing, handle)
    for check in checks:
        check(telling)
    for name, check in also.items():
        check(telling, asked[name])
    telling.tell("end")
