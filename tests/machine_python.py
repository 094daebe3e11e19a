"""This machine's own Python as a small image, so that tests need no download: program, loader, libraries, standard library."""

import functools
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from paredown.tree import Entry, Kind, Owner, OwnerKind, Slice, Tree, folder_of, link_of

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
PROGRAM = f"/usr/bin/python{VERSION}"
LIBRARY = f"usr/lib/python{VERSION}"
INTERPRETER = Owner(OwnerKind.INTERPRETER, "python", VERSION)
LOADED_FROM = "/usr/lib/libraries-linux-gnu"
_LEFT_OUT = {"test", "tests", "site-packages", "dist-packages", "idlelib", "lib2to3", "tkinter", "turtledemo", "ensurepip", "pydoc_data", "__pycache__"}


def on_disk(file: Path, owner: Owner = INTERPRETER) -> Entry:
    """The file as an entry. Its digest is only as good as its size: nothing here compares contents."""
    size = file.stat().st_size
    return Entry(kind=Kind.FILE, mode=file.stat().st_mode & 0o777, size=size, digest=f"sha256:{size:064x}", content=Slice(str(file)), owner=owner)


def _loader(program: str) -> str:
    data = Path(program).read_bytes()
    start = data.index(b"/lib", 64)
    return data[start : data.index(b"\0", start)].decode()


@functools.cache
def machine_python() -> Tree:
    """A root with the interpreter that runs the tests, at PROGRAM."""
    program = os.path.realpath(sys.executable)
    loader = _loader(program)
    entries = {PROGRAM[1:]: on_disk(Path(program)), loader[1:]: on_disk(Path(loader)), "tmp": folder_of(mode=0o1777), "etc": folder_of()}
    for place, folders, files in os.walk(sysconfig.get_path("stdlib")):
        folders[:] = [folder for folder in folders if folder not in _LEFT_OUT and not folder.startswith("config-")]
        below = os.path.relpath(place, sysconfig.get_path("stdlib"))
        for name in files:
            found = Path(place, name)
            if found.suffix in (".py", ".so") and name != "sitecustomize.py" and found.is_file():
                entries[os.path.normpath(f"{LIBRARY}/{below}/{name}")] = on_disk(found)
    for needing in {program, *(entry.content.file for entry in entries.values() if isinstance(entry.content, Slice) and entry.content.file.endswith(".so"))}:
        for line in subprocess.run([loader, "--list", needing], capture_output=True, text=True, check=True).stdout.splitlines():
            name, arrow, rest = line.strip().partition(" => /")
            if arrow:
                entries[f"{LOADED_FROM[1:]}/{name}"] = on_disk(Path("/" + rest.rpartition(" (")[0]))
    entries["opt/venv/bin/python"] = link_of(PROGRAM)
    return Tree(entries).with_parents()
