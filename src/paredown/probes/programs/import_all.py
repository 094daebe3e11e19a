"""A program of its own, run by the image's interpreter: imports every module that it can find, and tells of each on standard output.

Standard input is JSON: `folders` go on the import path, `first` are the modules that the service starts with, `scripts` are files not to import,
`seconds` is what all of it may take. Each line of output is JSON: [name, complaint or null, whether it was tried to an end]; or ["", reason, name]
for what is left out; the last is ["end"]. Each top-level package has a forked process of its own, and what one that crashes or hangs was about to
try is tried in the next: no module takes another with it.
"""

import importlib
import importlib.machinery
import json
import os
import posix
import re
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from importlib import metadata

IDLE = 8.0  # seconds without any work after which an import counts as one that never ends
BUSY = 60.0  # seconds of work, likewise; a machine under load only makes them longer
STANDARD = "standard library"
STARTS = "the start command runs it"
DESK = "the interpreter's own tests, lessons and prompt"
LEFT_OUT = (
    (re.compile(r"(?:.*\.)?__main__"), "importing it runs a program"),
    (re.compile(r"antigravity"), "importing it opens a browser"),
    (re.compile(r"(?:test|lib2to3\.tests|turtledemo|idlelib|_pyrepl)(?:\..*)?"), DESK),
    (re.compile(r"distutils\._?msvc\w*"), "it is for Windows"),  # where setuptools takes the place of distutils, its own can be imported anywhere
    (re.compile(r"_test\w*|_ctypes_test|_xx\w+|xxlimited\w*|xxsubtype"), DESK),
)
NOISE = re.compile(r"0x[0-9a-fA-F]{4,}|(?<=/tmp/)[^\s'\"]+|(?<=pid[ =])\d+")


def modules_in(folder: str, prefix: str = "", depth: int = 0) -> "Iterator[tuple[str, str]]":
    """(dotted name, path) of each module below `folder`; nothing is imported for this."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        name, dot, ending = entry.name.partition(".")
        if not name.isidentifier() or name in ("__init__", "__pycache__", "node_modules"):
            continue
        if entry.is_dir():
            below = list(modules_in(entry.path, f"{prefix}{name}.", depth + 1)) if not dot and depth < 20 else []
            package = any(os.path.exists(os.path.join(entry.path, f"__init__.{kind}")) for kind in ("py", "pyc"))
            # Any folder with modules is a package, too: but not those of the root, nor another environment.
            if package or (below and os.path.realpath(folder) != "/" and not os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))):
                yield prefix + name, entry.path
                yield from below
        elif ending in ("py", "pyc") or dot + ending in importlib.machinery.EXTENSION_SUFFIXES:
            yield prefix + name, entry.path


def listed(scripts: "list[str]") -> "tuple[dict[str, list[str]], dict[str, str]]":
    """The names to try, by batch; and those that are left out, each with the reason."""
    library = os.path.dirname(os.path.abspath(os.__file__))
    found = dict.fromkeys(sys.builtin_module_names, STANDARD)
    for folder in sys.path:
        own = os.path.abspath(folder)
        standard = own in (library, os.path.join(library, "lib-dynload"))
        for name, path in modules_in(own):
            found.setdefault(name, STARTS if os.path.abspath(path) in scripts else STANDARD if standard else name.partition(".")[0])
    batches: dict[str, list[str]] = {}
    left_out: dict[str, str] = {}
    for name in sorted(found):
        reason = STARTS if found[name] == STARTS else next((why for pattern, why in LEFT_OUT if pattern.fullmatch(name)), "")
        if reason:
            left_out[name] = reason
        else:
            batches.setdefault(found[name], []).append(name)
    return batches, left_out


def promised() -> "dict[str, Callable[[], object]]":
    """What the metadata of the distributions promises, by name: a version that can be asked for, entry points that can be loaded."""
    found: dict[str, Callable[[], object]] = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        if name:
            key = "distribution " + re.sub(r"[-_.]+", "-", name).lower()
            found[key] = partial(metadata.version, name)
            for point in distribution.entry_points:
                found[f"{key}: {point.group}: {point.name}"] = point.load
    return found


def complaint(error: BaseException) -> str:
    """The error as one line that is the same each time; with the import or file that failed first, where other errors cover it."""
    text = first = described(error)
    cause, depth = error.__cause__ or error.__context__, 0
    while cause is not None and depth < 20:
        if isinstance(cause, (ImportError, OSError)):
            first = described(cause)
        cause, depth = cause.__cause__ or cause.__context__, depth + 1
    return text if first in text else f"{text} (from {first})"


def described(error: BaseException) -> str:
    """Its type and first line."""
    try:
        words = str(error)
    except Exception:  # noqa: BLE001 - foreign code
        words = ""
    line = next((line.strip() for line in words.splitlines() if line.strip()), "")
    return NOISE.sub("...", f"{type(error).__name__}: {line}" if line else type(error).__name__)[:400]


class Child:
    """A forked process that tries `names` from `start` on; `told` are its complaints (None for none) about those that it is done with."""

    def __init__(self, names: "list[str]", start: int, attempt: "Callable[[str], str | None]") -> None:
        self.names, self.start, self.rest = names, start, b""
        self.told: list[str | None] = []
        self.worked = self.worked_before = 0.0
        self.idle_since = time.monotonic()
        self.reading, writing = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            try:
                os.setsid()
                work(names[start:], attempt, writing)
            finally:
                posix._exit(0)
        os.close(writing)
        os.set_blocking(self.reading, False)

    def read(self) -> None:
        """Take what it has told since."""
        try:
            while True:
                piece = os.read(self.reading, 1 << 16)
                if not piece:
                    break
                self.rest += piece
                self.idle_since, self.worked_before = time.monotonic(), self.worked
        except BlockingIOError:
            pass
        *lines, self.rest = self.rest.split(b"\n")
        self.told += [json.loads(line) for line in lines]

    def ended(self) -> bool:
        """Whether it ended by itself."""
        return os.waitid(os.P_PID, self.process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def hangs(self) -> bool:
        """Whether the import under way neither works nor waits for a processor, or works and works."""
        now = time.monotonic()
        try:
            with open(f"/proc/{self.process}/stat") as stream:
                words = stream.read().rpartition(")")[2].split()
        except OSError:
            return now - self.idle_since > BUSY
        worked = (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
        if worked > self.worked + 0.02 or words[0] != "S":
            self.idle_since = now
            self.worked = worked
        return now - self.idle_since > IDLE or self.worked - self.worked_before > BUSY

    def end(self) -> str:
        """End it with all that it started; how it ended, in words."""
        for target in (-self.process, self.process):
            with suppress(OSError):
                os.kill(target, signal.SIGKILL)
        _, status = os.waitpid(self.process, 0)
        self.read()
        os.close(self.reading)
        if os.WIFSIGNALED(status):
            return f"ends the interpreter by {signal.Signals(os.WTERMSIG(status)).name}"
        return f"ends the interpreter with status {os.WEXITSTATUS(status)}"


def work(names: "list[str]", attempt: "Callable[[str], str | None]", writing: int) -> None:
    """Try each name and write what came of it."""
    own = os.getpid()
    failed: dict[str, str] = {}
    for name in names:
        parent = name.rpartition(".")[0]
        told = failed[parent] if parent in failed else attempt(name)
        if told is not None:
            failed[name] = told
        if os.getpid() != own:
            return  # a process that the import forked and that came back here
        os.write(writing, json.dumps(told).encode() + b"\n")


def run(
    batches: "list[list[str]]", attempt: "Callable[[str], str | None]", report: "Callable[[str, str | None, bool], None]", deadline: float,
) -> bool:  # fmt: skip
    """Try all `batches`, as many at a time as there are processors. False when the deadline came first."""
    waiting = [(names, 0) for names in reversed(batches)]
    children: list[Child] = []
    while waiting or children:
        while waiting and len(children) < min(4, len(os.sched_getaffinity(0))):
            children.append(Child(*waiting.pop(), attempt))
        select.select([child.reading for child in children], [], [], 0.2)
        late = time.monotonic() > deadline
        for child in list(children):
            child.read()
            ended = child.ended()
            hangs = not ended and child.hangs()
            if not (ended or hangs or late):
                continue
            children.remove(child)
            how = child.end()
            for name, told in zip(child.names[child.start :], child.told):  # noqa: B905 - it may have told of fewer; and Python 3.8 knows no strict
                report(name, told, True)
            done = child.start + len(child.told)
            if done < len(child.names) and (ended or hangs):
                # Its submodules would end in the same way: they import it first.
                broken, how = child.names[done], "does not come to an end" if hangs else how
                while done < len(child.names) and (child.names[done] + ".").startswith(broken + "."):
                    report(child.names[done], how, False)
                    done += 1
            if done < len(child.names):
                waiting.append((child.names, done))
        if late:
            return not waiting
    return True


def main() -> None:
    """Import, and tell."""
    with os.fdopen(0, "rb", closefd=False) as stream:
        asked = json.loads(stream.read())
    deadline = time.monotonic() + asked["seconds"]
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
    talk = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace")
    sys.excepthook = lambda _, error, __: talk.write(described(error) + "\n")
    nothing = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(nothing, handle)
    sys.path[:0] = [folder for folder in asked["folders"] if folder not in sys.path]
    warnings.simplefilter("ignore")
    batches, left_out = listed(asked["scripts"])
    points = promised()
    standard = frozenset(batches.get(STANDARD, ()))
    failed: dict[str, str] = {}

    def attempt(name: str) -> "str | None":
        try:
            if name in points:
                points[name]()
            else:
                importlib.import_module(name)
        except BaseException as error:  # noqa: BLE001 - whatever an import may end with
            return complaint(error)
        return None

    def attempt_behind_start(name: str) -> "str | None":
        for module in asked["first"]:
            attempt(module)
        return attempt(name)

    def tell(name: str, told: "str | None", ended: bool) -> None:
        out.write(json.dumps([name, told, ended]) + "\n")
        out.flush()

    def tell_or_keep(name: str, told: "str | None", ended: bool) -> None:
        if told is None or not ended or name in standard or not asked["first"]:
            tell(name, told, ended)
        else:
            failed[name] = told

    for name, reason in left_out.items():
        out.write(json.dumps(["", reason, name]) + "\n")
    out.flush()
    # The biggest first, so that none is left for one processor at the end.
    whole = run([*sorted(batches.values(), key=len, reverse=True), sorted(points)], attempt, tell_or_keep, deadline)
    # What wants something set up before (settings, a registry of models) is tried again behind the module that the service starts with.
    whole = run([sorted(failed)] if failed else [], attempt_behind_start, tell, deadline) and whole
    if whole:
        out.write(json.dumps(["end"]) + "\n")
    else:
        talk.write(f"{asked['seconds']:.0f} seconds were too few on this machine\n")
    out.flush()
    talk.flush()


main()
