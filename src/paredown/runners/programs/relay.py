"""Carries connections to ports of the loopback device through one pair of pipes: the same program at both ends, in an image started by `python -c`.

A frame is a kind, the number of a connection, the length of its content, and that content. No end sends more of a connection than the other has said
it could pass on, so one that nobody reads from holds up no other and fills no memory. Connection 0 is none: that it is open says that the relay is up.
"""

from __future__ import annotations

import errno
import os
import selectors
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial

HEAD = struct.Struct("!BII")
NUMBER = struct.Struct("!I")
OPEN, OPENED, PIECE, TAKEN, END, RESET = range(1, 7)  # a port; an errno or 0; bytes; how many bytes were passed on; no more bytes; gone
LARGEST = 1 << 15  # bytes of content in one frame
WINDOW = 1 << 18  # bytes of one connection under way in one direction
BACKLOG = 1 << 20  # bytes waiting for the pipe; above it no more are read from connections


class Connection:
    """This end's share of a connection: a socket, and what is still to be written to it."""

    def __init__(self, number: int, end: socket.socket, *, dialling: bool) -> None:
        end.setblocking(False)
        self.number, self.end = number, end
        self.dialling = dialling  # the socket is being connected
        self.connected = False
        self.allowed = WINDOW  # bytes that the other end would still pass on
        self.waiting = bytearray()
        self.taken = 0  # bytes passed on here that the other end was not told of yet
        self.reading = True  # the socket may have more to say
        self.writing = True  # the socket was not told the end yet
        self.ending = False  # the other end has no more to say
        self.lost = False  # the other end is gone
        self.events = 0  # what the selector looks for

    def wanted(self, room: bool) -> int:
        """What to look for at the socket; `room` when more could be sent."""
        if not self.connected:
            return selectors.EVENT_WRITE if self.dialling else 0
        read = self.reading and not self.lost and room and self.allowed > 0
        return (selectors.EVENT_READ if read else 0) | (selectors.EVENT_WRITE if self.waiting else 0)


class Relay:
    """One end. It reads frames from the file descriptor `source` and writes them to `sink`; only one that `dials` connects when the other end asks."""

    def __init__(self, source: int, sink: int, *, dials: bool) -> None:
        self._source, self._sink, self._dials = source, sink, dials
        self._connections: dict[int, Connection] = {}
        self._asked: deque[tuple[int, socket.socket, Callable[[int], None]]] = deque()
        self._told: dict[int, Callable[[int], None]] = {}
        self._last = 0
        self._received, self._outgoing = bytearray(), bytearray()
        self._sending = self._ended = False
        self._lock = threading.Lock()
        self._selector = selectors.DefaultSelector()
        self._bell, self._rope = socket.socketpair()
        for handle in (source, sink, self._bell.fileno(), self._rope.fileno()):
            os.set_blocking(handle, False)
        self._selector.register(source, selectors.EVENT_READ, self._receive)
        self._selector.register(self._bell, selectors.EVENT_READ, self._open_asked)

    def announce(self) -> None:
        """Tell the other end that this one is up."""
        self._send(OPENED, 0, NUMBER.pack(0))

    def expect(self, told: Callable[[int], None]) -> None:
        """Have `told` called with 0 once the other end is up, or with an errno when it never will be."""
        self._told[0] = told

    def ask(self, port: int, end: socket.socket, told: Callable[[int], None]) -> None:
        """Have the other end connect to `port` and `end` joined to that; then `told` is called with 0, or with an errno. From any thread."""
        with self._lock:
            if not self._ended:
                self._asked.append((port, end, told))
                self._ring()
                return
        end.close()
        told(errno.ECONNABORTED)

    def stop(self) -> None:
        """Have `serve` end. From any thread."""
        with self._lock:
            self._source = -1
            if not self._ended:
                self._ring()

    def serve(self) -> None:
        """Carry until the other end is gone or breaks the rules, or `stop`."""
        try:
            while self._source >= 0:
                self._settle()
                for key, events in self._selector.select():
                    key.data(events)
        except OSError:
            return  # whichever end is at fault, the connections are lost: that is what their users see
        finally:
            self._close()

    def _ring(self) -> None:
        with suppress(BlockingIOError):  # it rings already
            self._rope.send(b"!")

    def _close(self) -> None:
        with self._lock:
            self._ended = True
        for connection in self._connections.values():
            connection.end.close()
        for _, end, told in self._asked:
            end.close()
            told(errno.ECONNABORTED)
        for told in self._told.values():
            told(errno.ECONNABORTED)
        for closed in (self._selector, self._bell, self._rope):
            closed.close()

    def _settle(self) -> None:
        """Close what is done with, and look for what each connection needs next."""
        room = len(self._outgoing) < BACKLOG
        for connection in list(self._connections.values()):
            if connection.ending and connection.writing and not connection.waiting:
                self._finish_writing(connection)
            if not connection.waiting and (connection.lost or not (connection.reading or connection.writing)):
                self._forget(connection)
            else:
                self._look_for(connection, connection.wanted(room))
        if bool(self._outgoing) != self._sending:
            self._sending = bool(self._outgoing)
            if self._sending:
                self._selector.register(self._sink, selectors.EVENT_WRITE, self._flush)
            else:
                self._selector.unregister(self._sink)

    def _look_for(self, connection: Connection, events: int) -> None:
        if events == connection.events:
            return
        if connection.events:
            self._selector.unregister(connection.end)
        if events:
            self._selector.register(connection.end, events, partial(self._attend, connection))
        connection.events = events

    def _forget(self, connection: Connection) -> None:
        self._look_for(connection, 0)
        connection.end.close()
        del self._connections[connection.number]

    def _lose(self, connection: Connection) -> None:
        """The socket is broken: so is the connection."""
        connection.lost = True
        connection.waiting.clear()
        self._send(RESET, connection.number)

    def _send(self, kind: int, number: int, content: bytes = b"") -> None:
        self._outgoing += HEAD.pack(kind, number, len(content)) + content

    def _flush(self, _: int) -> None:
        with memoryview(self._outgoing) as whole:
            try:
                done = os.write(self._sink, whole[: 1 << 16])
            except BlockingIOError:
                return
        del self._outgoing[:done]

    def _receive(self, _: int) -> None:
        try:
            piece = os.read(self._source, 1 << 16)
        except BlockingIOError:
            return
        if not piece:
            self._source = -1
        self._received += piece
        at = 0
        while len(self._received) - at >= HEAD.size:
            kind, number, length = HEAD.unpack_from(self._received, at)
            if length > LARGEST:
                raise _broken()
            if len(self._received) - at - HEAD.size < length:
                break
            at += HEAD.size
            self._obey(kind, number, bytes(self._received[at : at + length]))
            at += length
        del self._received[:at]

    def _obey(self, kind: int, number: int, content: bytes) -> None:
        if kind in (OPEN, OPENED, TAKEN) and len(content) != NUMBER.size:
            raise _broken()
        if kind == OPEN:
            self._dial(number, NUMBER.unpack(content)[0])
        elif kind == OPENED:
            self._opened(number, NUMBER.unpack(content)[0])
        elif kind not in (PIECE, TAKEN, END, RESET):
            raise _broken()
        elif number in self._connections:
            self._pass_on(self._connections[number], kind, content)

    def _pass_on(self, connection: Connection, kind: int, content: bytes) -> None:
        if kind == PIECE:
            if connection.ending or len(connection.waiting) + len(content) > WINDOW:
                raise _broken()
            if connection.writing and not connection.lost:
                connection.waiting += content
        elif kind == TAKEN:
            connection.allowed += NUMBER.unpack(content)[0]
        elif kind == END:
            connection.ending = True
        else:
            connection.lost = True

    def _dial(self, number: int, port: int) -> None:
        if not self._dials or number == 0 or number in self._connections:
            raise _broken()
        made = Connection(number, socket.socket(socket.AF_INET, socket.SOCK_STREAM), dialling=True)
        made.end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        found = made.end.connect_ex(("127.0.0.1", port)) if port < 1 << 16 else errno.EADDRNOTAVAIL
        if found in (0, errno.EINPROGRESS):
            self._connections[number] = made
        else:
            made.end.close()
            self._send(OPENED, number, NUMBER.pack(found))

    def _opened(self, number: int, found: int) -> None:
        told = self._told.pop(number, None)
        if told is None:
            raise _broken()
        if number:
            connection = self._connections[number]
            connection.connected = True
            connection.lost = found != 0
        told(found)

    def _open_asked(self, _: int) -> None:
        self._bell.recv(1 << 12)
        while self._asked:
            port, end, told = self._asked.popleft()
            self._last += 1
            self._connections[self._last] = Connection(self._last, end, dialling=False)
            self._told[self._last] = told
            self._send(OPEN, self._last, NUMBER.pack(port))

    def _attend(self, connection: Connection, events: int) -> None:
        if not connection.connected:
            self._finish_dialling(connection)
            return
        try:
            if events & selectors.EVENT_WRITE and connection.waiting:
                self._write(connection)
            if events & selectors.EVENT_READ and connection.reading and not connection.lost:
                self._read(connection)
        except BlockingIOError:
            pass
        except OSError:
            self._lose(connection)

    def _finish_dialling(self, connection: Connection) -> None:
        found = connection.end.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        connection.connected = True
        connection.lost = found != 0
        self._send(OPENED, connection.number, NUMBER.pack(found))

    def _write(self, connection: Connection) -> None:
        with memoryview(connection.waiting) as whole:
            done = connection.end.send(whole[: 1 << 16])
        del connection.waiting[:done]
        connection.taken += done
        if connection.taken >= WINDOW // 4 or not connection.waiting:
            self._send(TAKEN, connection.number, NUMBER.pack(connection.taken))
            connection.taken = 0

    def _read(self, connection: Connection) -> None:
        piece = connection.end.recv(min(LARGEST, connection.allowed))
        connection.allowed -= len(piece)
        connection.reading = bool(piece)
        self._send(PIECE if piece else END, connection.number, piece)

    def _finish_writing(self, connection: Connection) -> None:
        connection.writing = False
        with suppress(OSError):  # it was closed from the other side
            connection.end.shutdown(socket.SHUT_WR)


def _broken() -> OSError:
    return ConnectionAbortedError("the other end does not keep to the rules")


if __name__ == "__main__":
    relay = Relay(0, 1, dials=True)
    relay.announce()
    relay.serve()
