"""A program of its own, run by the image's interpreter behind the text of `telling`: what it can load and start, and how it is itself.

Standard input is JSON: `libraries` and `programs` are the names that the service's code uses, `shell` says whether it starts one.
"""

# ruff: noqa: PLC0415 - what one check imports may be missing, and the others go on
import json
import os
import posix
import sys
import time
from collections.abc import Callable

from paredown.probes.programs.telling import Telling, described, group, run

CHILD = "import json, sys; json.dump([sys.stdout.encoding, sys.version_info[:2]], sys.stdout)"
EXTENSIONS = "_json _pickle _decimal _datetime _struct _ctypes _elementtree pyexpat _uuid _zoneinfo _bisect _heapq _csv"


@group
def interpreter(telling: Telling) -> None:
    """What Python itself is like: its parts in C, its limits, where it looks for modules."""
    for name in EXTENSIONS.split():
        telling.works(f"in C: {name}", __import__, name)
    telling.same("recursion limit", sys.getrecursionlimit)
    telling.same("optimisation", lambda: [sys.flags.optimize, sys.flags.dev_mode])
    telling.same("import path", lambda: list(dict.fromkeys(kind(folder) for folder in sys.path if os.path.isdir(folder) and kind(folder))))
    telling.works("executable", lambda: os.access(sys.executable, os.X_OK), complaint=f"sys.executable is {sys.executable!r}")

    def deep() -> bool:
        import threading

        depths = []
        thread = threading.Thread(target=lambda: depths.append(len(json.dumps(json.loads("[" * 900 + "]" * 900)))))
        thread.start()
        thread.join()
        return depths == [1800]

    telling.works("deep recursion in a thread", deep)


def kind(folder: str) -> str:
    """What a folder of the import path is, wherever it lies; "" for one that the environment or a .pth file adds."""
    known = {os.path.dirname(os.__file__): "standard library", "lib-dynload": "extension modules"}
    name = os.path.basename(folder)
    return known.get(folder) or known.get(name) or ("distributions" if name in ("site-packages", "dist-packages") else "")


@group
def concurrency(telling: Telling) -> None:
    """Event loops, processes, what they share."""
    import asyncio
    import concurrent.futures
    import multiprocessing
    import multiprocessing.shared_memory

    telling.works("event loop", lambda: asyncio.run(asyncio.sleep(0)))

    async def child() -> bool:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "raise SystemExit(7)")
        return await process.wait() == 7

    telling.works("event loop starts a program", lambda: asyncio.run(child()))

    async def in_thread() -> int:
        return await asyncio.get_running_loop().run_in_executor(concurrent.futures.ThreadPoolExecutor(1), int, "7")

    telling.works("event loop runs a thread", lambda: asyncio.run(in_thread()) == 7)

    def starts(method: str) -> bool:
        process = multiprocessing.get_context(method).Process(target=time.sleep, args=(0,))  # type: ignore[attr-defined]
        process.start()
        process.join(60)
        return bool(process.exitcode == 0)

    for method in ("fork", "spawn", "forkserver"):
        telling.works(f"processes by {method}", starts, method)

    def shared() -> None:
        memory = multiprocessing.shared_memory.SharedMemory(create=True, size=64)
        memory.close()
        memory.unlink()

    telling.works("shared memory", shared)
    telling.works("lock between processes", lambda: multiprocessing.Lock().acquire(timeout=10))


def apart(act: "Callable[[str], None]", word: str) -> "str | None":
    """The complaint of `act`, made in a process of its own: a library may do anything as it is loaded."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            act(word)
        except BaseException as error:  # noqa: BLE001
            os.write(writing, described(error).encode())
        finally:
            posix._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        complaint = stream.read().decode()
    status = os.waitpid(process, 0)[1]
    return complaint or (f"ends the interpreter by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else None)


@group
def libraries(telling: Telling, asked: "list[str]") -> None:
    """Shared libraries that code loads by name."""
    import ctypes
    import ctypes.util

    def load(name: str) -> None:
        found = name if ".so" in name else ctypes.util.find_library(name)
        if not found:
            raise OSError(f"find_library('{name}') finds nothing")
        ctypes.CDLL(found)

    for name in sorted({"c", "m", "z", "ssl", "crypto", *asked}):
        telling.tell(f"library {name}", apart(load, name), True)

    def legacy() -> bool:
        crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
        crypto.OSSL_PROVIDER_load.restype = ctypes.c_void_p
        return bool(crypto.OSSL_PROVIDER_load(None, b"legacy"))

    telling.works("OpenSSL's legacy algorithms", legacy, complaint="OSSL_PROVIDER_load('legacy') finds nothing")


@group
def programs(telling: Telling, asked: "list[str]") -> None:
    """Programs that code starts, and Python itself."""
    import shutil
    import subprocess

    for name in sorted({"python", "python3", *asked}):
        telling.works(f"program {name}", lambda name: shutil.which(name) is not None, name, complaint=f"{name} is not on the PATH")
    told = subprocess.run([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, check=False).stdout
    telling.same("Python started by itself", lambda: json.loads(told))


@group
def shell(telling: Telling, wanted: bool) -> None:
    """A shell, where the app starts one."""
    import subprocess

    if wanted:
        telling.works("shell echo", lambda: subprocess.getstatusoutput("echo said") == (0, "said"))  # noqa: S605 - that is what is tried


if __name__ == "__main__":
    run([interpreter, concurrency], {"libraries": libraries, "programs": programs, "shell": shell})
