"""The image's interpreter run on this machine, straight through its own dynamic loader: neither a sandbox nor an engine takes part."""

import marshal
import os
import posixpath
import struct
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paredown.errors import UserError, WorldError
from paredown.materialise import write_folder
from paredown.store import Store
from paredown.tree import Entry, Inline, Kind, Slice, Tree, keyed

_PROGRAM = Path(__file__).with_name("compiler_program.py")
_LIBRARY_FOLDERS = ("lib", "usr/lib", "lib64", "usr/lib64", "usr/local/lib")
_MOST_WORKERS = 8
_FILES_PER_WORKER = 20  # below that a second interpreter's start costs more than it saves
_PT_INTERP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """An interpreter on disk: the words that start it, its prefix, its library's folder, and the key of all that it is made of."""

    words: tuple[str, ...]
    home: Path
    key: str


def interpreter_in(tree: Tree, path: str, *, python: str, store: Store) -> Interpreter:
    """The interpreter at `path` in `tree` with what it needs to compile: its loader, shared libraries and the encodings; kept in the store."""
    real = tree.resolve(path)
    if not real or tree[real].kind is not Kind.FILE:
        raise UserError(f"there is no Python interpreter at {path} in the image", fix="name the base whose Python the service uses")
    needed = {real: tree[real]}
    loader = _loader(tree[real], path)
    libraries = _library_folders(tree)
    for folder in libraries:
        needed |= {name: entry for name, entry in tree.under(folder) if posixpath.dirname(name) == folder and ".so" in posixpath.basename(name)}
    home = _home(tree, real, path, python)
    needed |= {name: entry for name, entry in tree.under(f"{home}/lib/python{python}/encodings") if name.endswith(".py")}
    real_loader = ""
    if loader:
        real_loader = tree.resolve(loader) or ""
        if not real_loader:
            raise UserError(f"{path} asks for the loader {loader}, which is not in the image")
        needed[real_loader] = tree[real_loader]
    small = Tree({name: entry for name, entry in needed.items() if entry.kind is not Kind.FOLDER})
    key = keyed([small.key(), real, python, _PROGRAM.read_text("utf-8")])
    root = store.folder("interpreters", key, lambda folder: write_folder(small, folder))
    words = [str(root / real), "-s", "-S", "-B", str(_PROGRAM)]
    if real_loader:
        words = [str(root / real_loader), "--library-path", ":".join(str(root / folder) for folder in libraries), *words]
    return Interpreter(words=tuple(words), home=root / home, key=key)


def _home(tree: Tree, real: str, path: str, python: str) -> str:
    """The prefix below which the interpreter's library lies."""
    for home in dict.fromkeys((posixpath.dirname(posixpath.dirname(real)), "usr", "usr/local")):
        found = tree.resolve(f"{home}/lib/python{python}/encodings/__init__.py")
        if found == f"{home}/lib/python{python}/encodings/__init__.py":
            return home
    raise UserError(f"the image has {path}, but not the standard library of Python {python} beside it", fix=f"check that the base is one of Python {python}")


def _library_folders(tree: Tree) -> list[str]:
    """The real folders that hold shared libraries: the usual ones and their multiarch children."""
    found: dict[str, None] = {}
    for usual in _LIBRARY_FOLDERS:
        folder = tree.resolve(usual)
        if folder:
            found[folder] = None
            found |= {
                name: None
                for name, entry in tree.under(folder)
                if entry.kind is Kind.FOLDER and name.endswith(("-linux-gnu", "-linux-musl")) and posixpath.dirname(name) == folder
            }
    return list(found)


def _loader(entry: Entry, path: str) -> str:
    """The dynamic loader that the program in `entry` asks for (PT_INTERP of a 64-bit ELF file); empty when it is static."""
    data = entry.read()
    if data[:4] != b"\x7fELF" or data[4] != 2:
        raise UserError(f"{path} in the image is not a 64-bit program for Linux")
    start, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    for index in range(count):
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", data, start + index * size)
        if kind == _PT_INTERP:
            return data[offset : offset + length].rstrip(b"\0").decode("utf-8", "surrogateescape")
    return ""


def compile_all(interpreter: Interpreter, sources: Sequence[tuple[str, Entry]]) -> list[bytes | str]:
    """The bytecode of each (path in the image without leading slash, entry), or the reason why there is none, in their order."""
    workers = max(1, min(len(os.sched_getaffinity(0)), _MOST_WORKERS, len(sources) // _FILES_PER_WORKER))
    answers: list[bytes | str] = [""] * len(sources)
    errors: list[WorldError] = []

    def work(first: int) -> None:
        try:
            answers[first::workers] = _compile(interpreter, sources[first::workers])
        except WorldError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(1, workers)]
    for thread in threads:
        thread.start()
    work(0)
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return answers


def _compile(interpreter: Interpreter, sources: Sequence[tuple[str, Entry]]) -> list[bytes | str]:
    jobs = os.memfd_create("jobs", os.MFD_CLOEXEC)
    said = os.memfd_create("said", os.MFD_CLOEXEC)
    try:
        with open(jobs, "wb", closefd=False) as stream:
            # Version 2 of the format: any interpreter reads it, and strings in it stay apart from those it compiles.
            stream.write(marshal.dumps([_job(path, entry) for path, entry in sources], 2))
        # Without -I and -E, which would ignore the seed, too: the environment holds these three and nothing else.
        environment = {"PYTHONHOME": str(interpreter.home), "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}
        process = subprocess.run(interpreter.words, stdin=jobs, stdout=subprocess.PIPE, stderr=said, env=environment, check=False)
        answers = _answers(process.stdout)
        if process.returncode != 0 or len(answers) != len(sources):
            last = os.pread(said, 2000, max(0, os.fstat(said).st_size - 2000)).decode("utf-8", "replace").strip()
            raise WorldError(f"the image's Python cannot compile on this machine (status {process.returncode}): {last}", fix="build with `--bytecode none`")
        return answers
    except OSError as error:
        raise WorldError(f"the image's Python cannot be started on this machine: {error}", fix="build with `--bytecode none`") from error
    finally:
        os.close(jobs)
        os.close(said)


def _job(path: str, entry: Entry) -> tuple[str, str, int, int, bytes | None]:
    match entry.content:
        case Slice(file, offset):
            return f"/{path}", file, offset, entry.size, None
        case Inline(data):
            return f"/{path}", "", 0, entry.size, data
        case None:
            return f"/{path}", "", 0, 0, b""


def _answers(stream: bytes) -> list[bytes | str]:
    answers: list[bytes | str] = []
    offset = 0
    while offset + 5 <= len(stream):
        size = int.from_bytes(stream[offset + 1 : offset + 5], "little")
        payload = stream[offset + 5 : offset + 5 + size]
        if len(payload) < size:
            break
        answers.append(payload if stream[offset] else payload.decode("utf-8", "replace"))
        offset += 5 + size
    return answers
