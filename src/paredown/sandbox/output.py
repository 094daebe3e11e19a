"""What a program writes, kept in bounded memory: the beginning, and the end when there was too much between."""

import os
import select
import threading
from pathlib import Path
from typing import IO

_KEPT_FIRST = 8 << 20
_KEPT_LAST = 64 << 10


class Output:
    """Drains `stream` in a thread of its own until it ends or is closed, so that a flood fills neither memory nor disk nor blocks the writer.

    `path` can be read at any time: a file in memory, gone with the process.
    """

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._handle = os.memfd_create(name, os.MFD_CLOEXEC)
        self.path = Path(f"/proc/self/fd/{self._handle}")
        self._closing = os.eventfd(0, os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._drain, name=name, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        kept = left_out = 0
        last = b""
        with self._stream:
            while piece := self._piece():
                room = min(len(piece), _KEPT_FIRST - kept)
                os.write(self._handle, piece[:room])
                kept += room
                if room < len(piece):
                    last += piece[room:]
                    left_out += max(0, len(last) - _KEPT_LAST)
                    last = last[-_KEPT_LAST:]
        if left_out:
            os.write(self._handle, f"\n[{left_out} bytes left out]\n".encode())
        os.write(self._handle, last)

    def _piece(self) -> bytes:
        """What was written next; nothing once all writers have ended, or when this is closed before that."""
        waiting = select.poll()
        waiting.register(self._stream, select.POLLIN)
        waiting.register(self._closing, select.POLLIN)
        if any(handle == self._closing for handle, _ in waiting.poll()):
            return b""
        return os.read(self._stream.fileno(), 1 << 16)

    def read(self) -> bytes:
        """What was written so far."""
        return self.path.read_bytes()

    def finish(self, timeout: float = 10) -> bytes:
        """All of it, once the writers have ended, for which it waits `timeout` seconds at most."""
        self._thread.join(timeout)
        return self.read()

    def close(self) -> None:
        os.eventfd_write(self._closing, 1)
        self._thread.join()
        os.close(self._closing)
        os.close(self._handle)
