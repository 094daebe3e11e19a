"""A program of its own, run as `sitecustomize` by every Python of a watched service: notes each bytecode file that an import looks for.

The import system opens a source's bytecode before anything else, also where there is none; so the audit event `open` tells exactly what
could have used some, however it was imported. Each is noted at once, in one write: nothing is lost when the process is killed, and
forked or replaced processes go on noting. Only built-in modules are imported, so that nothing is noted on account of watching.
"""

import _frozen_importlib
import _frozen_importlib_external
import posix
import sys

NOTES = "/.paredown/seen"


def note(path: str) -> None:
    """Add a line, whatever the service made of its open files."""
    try:
        # Opened anew each time: services close what they do not know, or hand the number on to another file.
        handle = posix.open(NOTES, posix.O_WRONLY | posix.O_APPEND | posix.O_CREAT, 0o600)
        try:
            posix.write(handle, path.encode("utf-8", "surrogateescape") + b"\n")
        finally:
            posix.close(handle)
    except OSError:
        pass


def watch(event: str, arguments: "tuple[object, ...]", noted: "set[str]" = set()) -> None:  # noqa: B006 - once per process is enough
    """The audit hook."""
    if event == "open":
        path = arguments[0]
        if type(path) is str and path.endswith(".pyc") and path not in noted:
            noted.add(path)
            note(path)


def go_on(own: str) -> None:
    """Run the `sitecustomize` that this one stands before."""
    places = [place for place in sys.path if place != own]
    spec = _frozen_importlib_external.PathFinder.find_spec("sitecustomize", places)
    if spec is not None and spec.loader is not None:
        module = _frozen_importlib.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


sys.addaudithook(watch)
for loaded in list(sys.modules.values()):
    # What is frozen into the interpreter has no bytecode file, and so no `cached`.
    cached = getattr(getattr(loaded, "__spec__", None), "cached", None)
    if cached:
        watch("open", (cached,))
go_on(__file__.rpartition("/")[0])
