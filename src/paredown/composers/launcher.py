"""The launcher: expands variables in the start command without a shell, then becomes the command, which so is PID 1."""

import posixpath
import re

from paredown.errors import UserError
from paredown.plan import PAREDOWN_FOLDER, Plan
from paredown.tree import PAREDOWN, Tree, file_of, folder_of

PATH = f"{PAREDOWN_FOLDER}/launch.py"

# The grammar that launch.py and health.py expand; kept equal by a test that runs both.
VARIABLE = re.compile(r"\$(?:\$|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([^}]*))?\})")

# Without `re`, whose import alone takes longer than the rest; only built-in modules are imported.
EXPAND = '''\
def expand(word, environment):
    """`word` with $NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:+other}, ${NAME:?message} and $$ replaced."""
    done, rest = "", word
    while "$" in rest:
        before, _, rest = rest.partition("$")
        done += before
        if rest[:1] == "$":
            done, rest = done + "$", rest[1:]
            continue
        braces = rest[:1] == "{"
        body = rest[1:] if braces else rest
        length = 0
        while length < len(body) and body[length] in NAME and (length or body[0] not in "0123456789"):
            length += 1
        name, after = body[:length], body[length:]
        if not name or braces and "}" not in after:
            done += "$"
            continue
        value, operator, other = environment.get(name), "", ""
        if braces:
            inner, _, after = after.partition("}")
            operator = inner[:2] if inner[:1] == ":" else inner[:1]
            other = inner[len(operator):]
            if operator not in ("", ":-", "-", ":+", "+", ":?", "?"):
                done += "$"
                continue
        if operator[:1] == ":" and value == "":
            value = None
        if operator[-1:] == "+":
            value = "" if value is None else other
        elif value is None and operator[-1:] == "-":
            value = other
        elif value is None:
            reason = other if operator[-1:] == "?" and other else "is not set, and the start command has no default for it"
            raise LookupError(name + ": " + reason if operator[-1:] == "?" and other else name + " " + reason)
        done, rest = done + value, after
    return done + rest


NAME = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
'''

_LAUNCH = f'''\
"""Expands variables in the words of a command, then becomes that command. Made by paredown; no shell takes part."""

import posix
import sys


{EXPAND}

def fail(status, message):
    posix.write(2, ("paredown launcher: " + message + "\\n").encode("utf-8", "surrogateescape"))
    posix._exit(status)


def main(words):
    environment = {{key.decode("utf-8", "surrogateescape"): value.decode("utf-8", "surrogateescape") for key, value in posix.environ.items()}}
    try:
        words = [expand(word, environment) for word in words]
    except LookupError as error:
        fail(2, error.args[0])
    program = words[0] if words else ""
    if not program:
        fail(2, "the start command is empty")
    arguments = [word.encode("utf-8", "surrogateescape") for word in words]
    folders = [""] if "/" in program else environment.get("PATH", "/usr/local/bin:/usr/bin:/bin").split(":")
    denied = ""
    for folder in folders:
        path = program if "/" in program else (folder or ".") + "/" + program
        try:
            posix.execve(path.encode("utf-8", "surrogateescape"), arguments, posix.environ)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            denied = path + ": " + error.strerror
    if denied:
        fail(126, denied)
    fail(127, program + " is not in the image" + ("" if "/" in program else " on PATH"))


main(sys.argv[1:])
'''


def compose(plan: Plan, interpreter: str) -> tuple[Tree, tuple[str, ...]]:
    """The launcher's file and the image's argv. Nothing, and the command as it is, when no word holds a variable."""
    words = plan.command.words
    if not any("$" in word for word in words):
        return Tree(), words
    folder = PAREDOWN_FOLDER.strip("/")
    tree = Tree({folder: folder_of(owner=PAREDOWN), PATH.strip("/"): file_of(_LAUNCH.encode(), owner=PAREDOWN)}).with_parents()
    return tree, (interpreter, "-I", "-S", PATH, *words)


def refuse_missing(plan: Plan, tree: Tree, path: str) -> None:
    """Raise UserError when the program that the command starts is nowhere in `tree`, the whole image; `path` is the image's PATH."""
    program = plan.command.words[0]
    if "$" in program:
        return
    folders = [""] if "/" in program else dict(plan.environment).get("PATH", path).split(":")
    if any(tree.resolve(posixpath.join(plan.working_directory, folder, program).lstrip("/")) is not None for folder in folders):
        return
    raise UserError(
        f"the command starts {program}, which the image does not have",
        where=plan.command.origin,
        fix="add the distribution that brings it to the project's dependencies, or the Debian package to `packages`, or write another `command`",
    )
