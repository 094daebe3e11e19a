"""A WebSocket conversation held as a browser would, and its answer as a value that runs can be compared by."""

import errno
import hashlib
import json
import re
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.client import ClientProtocol
from websockets.exceptions import WebSocketException
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from paredown.probes.exchange.interface import WebSocketAnswer, WebSocketTalk
from paredown.runners.interface import Service

_MOST_MESSAGES = 100
_MOST_BYTES = 4 * 1024 * 1024
_ENOUGH_OF_A_FEED = 10
_FIRST_REPLY = 2.0  # seconds: longer than the quiet between messages, for a service that has to think
_LISTENING = 3.0  # seconds after the last message was sent; what still talks then is a feed
_FAREWELL = 1.0
_LONG = 2000  # characters
_LOST = 1006  # what RFC 6455 calls a connection that ended without a closing frame
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f]")


def talk(service: Service, port: int, request: WebSocketTalk, first: Callable[[], WebSocketTalk] | None = None) -> WebSocketAnswer:
    """Connect, say what `request` has to say, and listen. Whatever the service does is an answer.

    `first` is the talk with what the first run learned by it, which may be under way at the same time: it is awaited when nothing more seems to come.
    """
    try:
        connection = service.connect(port)
    except OSError as error:
        return WebSocketAnswer(error=f"no connection: {_named(error)}")
    if any(_UNSENDABLE.search(text) for text in (request.target.replace(" ", "\0"), *(part for pair in request.headers for part in pair))):
        connection.close()
        return WebSocketAnswer(error="a control character cannot be sent in a request's head")
    with connection:
        return _Conversation(connection, request, first).held()


@dataclass(slots=True)
class _Conversation:
    """One connection and what came over it so far."""

    connection: socket.socket
    request: WebSocketTalk
    first: Callable[[], WebSocketTalk] | None
    said: int = 0
    received: list[str | bytes] = field(default_factory=list)
    size: int = 0
    begun: list[Frame] = field(default_factory=list)  # of a message in several frames
    status: int = 0
    error: str = ""
    broken: bool = False  # nothing can be sent any more; what was sent before may still be read
    protocol: ClientProtocol = field(init=False)
    deadline: float = field(init=False)

    def held(self) -> WebSocketAnswer:
        self.deadline = time.monotonic() + self.request.timeout
        endless = False
        try:
            self._connect()
            if self.protocol.state is State.OPEN:
                endless = self._converse() or self.request.feed
                self._say_farewell()
        except (WebSocketException, ValueError) as error:
            self.error = f"not as the protocol has it: {type(error).__name__}"
        if self.status != 101:
            return WebSocketAnswer(status=self.status, error=self.error)
        closed = self.protocol.close_rcvd
        by_service = closed is not None and self.protocol.close_rcvd_then_sent is not False
        lost = closed is None and self.protocol.close_sent is None
        return WebSocketAnswer(
            status=101, protocol=self.protocol.subprotocol or "", received=tuple(self.received),
            close_code=closed.code if closed is not None and by_service else _LOST if lost else 0, said=self.said, error=self.error, endless=endless,
        )  # fmt: skip

    def _connect(self) -> None:
        offered = [Subprotocol(word.strip()) for name, value in self.request.headers if _is_subprotocol(name) for word in value.split(",") if word.strip()]
        address = parse_uri(f"ws://localhost{self.request.target}")
        self.protocol = ClientProtocol(
            address, subprotocols=offered or None, extensions=[ClientPerMessageDeflateFactory(compress_settings={"memLevel": 5})], max_size=_MOST_BYTES,
        )  # fmt: skip
        handshake = self.protocol.connect()
        for name, value in self.request.headers:
            if not _is_subprotocol(name):
                handshake.headers[name] = value
        self.protocol.send_request(handshake)
        self._flush()
        while self.protocol.state is State.CONNECTING and self.protocol.handshake_exc is None:
            if not self._take(self.deadline - time.monotonic()) and self.protocol.handshake_exc is None:
                self.error = f"the handshake is not answered within {self.request.timeout:g} s"
                return
        refusal = self.protocol.handshake_exc
        if refusal is not None and self.status in (0, 101):
            self.error = f"the handshake is not as the protocol has it: {type(refusal).__name__}"

    def _converse(self) -> bool:
        """Say all, and listen; whether the service would have gone on."""
        for number, message in enumerate(self.request.messages):
            heard = len(self.received)
            if isinstance(message, str):
                self.protocol.send_text(message.encode())
            else:
                self.protocol.send_binary(message)
            self._flush()
            self.said += 1
            last = number == len(self.request.messages) - 1
            until = time.monotonic() + self.request.quiet
            while not last and len(self.received) == heard and self._open() and self._take(until - time.monotonic()):
                pass
            if not self._open():
                return False
        return self._listen()

    def _listen(self) -> bool:
        until = time.monotonic() + _LISTENING
        while self._open():
            enough = self.request.expected or len(self.request.messages) + _ENOUGH_OF_A_FEED
            if self.request.feed and len(self.received) >= enough:
                del self.received[enough:]
                return True
            now = time.monotonic()
            awaited = len(self.received) < self.request.expected
            if len(self.received) >= max(_MOST_MESSAGES, self.request.expected) or self.size >= _MOST_BYTES or (now >= until and not awaited):
                if not self._is_to_wait():
                    return True
                continue
            thinking = self.request.messages and not self.received
            patience = self.deadline - now if awaited else _FIRST_REPLY if thinking else self.request.quiet
            if not self._take(patience) and not (self._open() and self._is_to_wait()):
                return False
        return False

    def _is_to_wait(self) -> bool:
        """Whether more came to the first run, which is asked once."""
        if self.first is None:
            return False
        self.request, self.first = self.first(), None
        return len(self.received) < self.request.expected

    def _say_farewell(self) -> None:
        ours = self._open()
        if ours:
            self.protocol.send_close(1000)
            self._flush()
        until = time.monotonic() + _FAREWELL
        while self.protocol.state is not State.CLOSED and self._take(until - time.monotonic(), farewell=ours):
            pass

    def _open(self) -> bool:
        return self.protocol.state is State.OPEN and not self.broken

    def _take(self, seconds: float, *, farewell: bool = False) -> bool:
        """Wait for bytes and take what is in them; False when none came in time."""
        if seconds <= 0:
            return False
        self.connection.settimeout(seconds)
        try:
            data = self.connection.recv(65536)
        except TimeoutError:
            return False
        except OSError:
            data = b""  # reset or ended: which of the two depends on what lay unread
        if data:
            self.protocol.receive_data(data)
        else:
            self.protocol.receive_eof()
        for event in self.protocol.events_received():
            if isinstance(event, Response):
                self.status = event.status_code
            elif isinstance(event, Frame) and not farewell:
                self._gather(event)
        if data and self.status == 101 and self.protocol.parser_exc is not None:
            self.error = f"not as the protocol has it: {type(self.protocol.parser_exc).__name__}"
        self._flush()
        return bool(data)

    def _gather(self, frame: Frame) -> None:
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        self.begun.append(frame)
        self.size += len(frame.data)
        if frame.fin:
            whole = b"".join(bytes(part.data) for part in self.begun)
            self.received.append(whole.decode("utf-8", "replace") if self.begun[0].opcode is Opcode.TEXT else whole)
            self.begun.clear()

    def _flush(self) -> None:
        self.connection.settimeout(max(0.1, self.deadline - time.monotonic()))
        for data in self.protocol.data_to_send():
            try:
                if data:
                    self.connection.sendall(data)
                else:
                    self.connection.shutdown(socket.SHUT_WR)
            except OSError:
                self.broken = True


def described_websocket(answer: WebSocketAnswer) -> Any:
    """`answer` as JSON. Of a feed only the shape of what it sends: how much comes, and when, differs from run to run."""
    value: dict[str, Any] = {"status": answer.status, "protocol": answer.protocol, "close": answer.close_code, "error": answer.error}
    if not answer.endless:
        return value | {"messages": [_described(message) for message in answer.received]}
    shapes = [shape(_content(message)) for message in answer.received]
    counted = Counter(json.dumps(one, sort_keys=True) for one in shapes)
    commonest = min(counted, key=lambda text: (-counted[text], text), default="null")
    return value | {"feed": {"first": shapes[0] if shapes else None, "mostly": json.loads(commonest)}}


def shape(value: Any) -> Any:
    """What kind of JSON `value` is: its keys, and for every value its type."""
    match value:
        case dict():
            return {key: shape(item) for key, item in value.items()}
        case list():
            return [shape(value[0])] if value else []
        case bool() | None:
            return "flag or null"
        case int() | float():
            return "number"
        case bytes():
            return "bytes"
        case _:
            return "text"


def _content(message: str | bytes) -> Any:
    """What a message holds: an object or list where it is JSON."""
    if isinstance(message, bytes):
        return message
    try:
        value = json.loads(message)
    except (ValueError, RecursionError):
        return message
    return value if isinstance(value, dict | list) else message


def _described(message: str | bytes) -> Any:
    value = _content(message)
    if not isinstance(value, str | bytes):
        return value
    if isinstance(value, str) and len(value) <= _LONG:
        return value
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    start = data[:40].hex() if isinstance(value, bytes) else value[:40]
    return {"kind": "binary" if isinstance(value, bytes) else "text", "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "start": start}


def _is_subprotocol(name: str) -> bool:
    return name.lower() == "sec-websocket-protocol"


def _named(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, type(error).__name__)
