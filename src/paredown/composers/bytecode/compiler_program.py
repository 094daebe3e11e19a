"""A program of its own, run by the image's interpreter: compiles sources to bytecode, each in a process forked from the same fresh state.

What marshal writes depends on reference counts, and those on whatever was compiled before in the same process: by forking for each file its
bytes depend on the file alone. Standard input is a file that holds marshalled jobs (path in the image, host's file, offset, size, bytes or
None); standard output gets one answer for each, in their order: a byte (1 compiled, 0 not), a length (4 bytes, little endian), and the
bytecode or the reason. Only built-in and frozen modules are imported, so that hardly any standard library has to be there.
"""

import _imp
import marshal
import posix
from _frozen_importlib_external import MAGIC_NUMBER

_UNCHECKED_HASH = (0b01).to_bytes(4, "little")  # PEP 552: never compared with the source, whose times a layer does not keep


def read(handle: int, size: int, offset: int) -> bytes:
    """`size` bytes from `offset`, or what there is."""
    pieces = []
    while size > 0:
        piece = posix.pread(handle, size, offset)
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
        offset += len(piece)
    return b"".join(pieces)


def answer(done: bool, payload: bytes) -> None:
    """Write one answer."""
    rest = (b"\x01" if done else b"\x00") + len(payload).to_bytes(4, "little") + payload
    while rest:
        rest = rest[posix.write(1, rest) :]


def compiled(path: str, source: bytes) -> "tuple[bool, bytes]":
    """Whether the source compiles, and its bytecode or the reason why not."""
    try:
        code = compile(source, path, "exec", dont_inherit=True, optimize=0)
        return True, MAGIC_NUMBER + _UNCHECKED_HASH + _imp.source_hash(int.from_bytes(MAGIC_NUMBER, "little"), source) + marshal.dumps(code)
    except SyntaxError as error:
        return False, f"{type(error).__name__}: {error.msg} (line {error.lineno})".encode("utf-8", "replace")
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return False, f"{type(error).__name__}: {error}".encode("utf-8", "replace")


def main() -> None:
    """Answer every job."""
    for path, file, offset, size, data in marshal.loads(read(0, posix.fstat(0).st_size, 0)):  # noqa: S302 - from the process that started this one
        child = posix.fork()
        if child == 0:
            answer(*compiled(path, read(posix.open(file, posix.O_RDONLY), size, offset) if data is None else data))
            posix._exit(0)
        _, status = posix.waitpid(child, 0)
        if status != 0:
            answer(False, b"the compiler itself crashed on it")


main()
