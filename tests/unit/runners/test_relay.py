import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from paredown.runners.programs.relay import HEAD, LARGEST, NUMBER, OPEN, OPENED, PIECE, WINDOW
from paredown.runners.wire import PROGRAM, Wire


@pytest.fixture
def other_end() -> Iterator[subprocess.Popen[bytes]]:
    """The program as an image's Python runs it."""
    process = subprocess.Popen([sys.executable, "-I", "-S", "-c", PROGRAM.read_text("utf-8")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def wire(other_end) -> Iterator[Wire]:
    wire = Wire(other_end.stdout.fileno(), other_end.stdin.fileno())
    assert wire.is_up(10)
    yield wire
    wire.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield listener


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def echo(accepted: socket.socket) -> None:
    with accepted, suppress(OSError):
        while piece := accepted.recv(1 << 16):
            accepted.sendall(piece)


def echoing(listener: socket.socket) -> None:
    def accept() -> None:
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=echo, args=(accepted,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def all_of(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def exchanged(wire: Wire, port: int, content: bytes) -> bytes:
    """What comes back for `content`, sent to its end before the end of what comes back."""

    def send() -> None:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)

    with wire.connect(port) as connection:
        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        return all_of(connection)


def test_ten_megabytes_go_there_and_back(wire, listener):
    echoing(listener)
    content = os.urandom(10 << 20)
    assert exchanged(wire, port_of(listener), content) == content


def test_fifty_connections_at_once_keep_apart(wire, listener):
    echoing(listener)
    contents = [bytes([number]) * 200_000 for number in range(50)]
    answers: dict[int, bytes] = {}
    threads = [threading.Thread(target=lambda n=n: answers.update({n: exchanged(wire, port_of(listener), contents[n])})) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [answers.get(number) == content for number, content in enumerate(contents)] == [True] * 50


def test_a_connection_that_nobody_reads_holds_up_no_other(wire, listener):
    echoing(listener)
    with wire.connect(port_of(listener)) as idle:
        idle.settimeout(0.5)
        with pytest.raises(TimeoutError):
            idle.sendall(b"x" * (64 << 20))
        assert exchanged(wire, port_of(listener), b"through") == b"through"


def test_connecting_is_refused_where_nothing_listens(wire):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = port_of(free)
    with pytest.raises(ConnectionRefusedError, match=f"port {port}"):
        wire.connect(port)


def test_a_number_that_is_no_port_is_an_error_and_no_more(wire, listener):
    echoing(listener)
    with pytest.raises(OSError, match="port 99999"):
        wire.connect(99999)
    assert exchanged(wire, port_of(listener), b"still there") == b"still there"


def test_a_half_closed_connection_still_brings_the_answer(wire, listener):
    with wire.connect(port_of(listener)) as connection:
        accepted, _ = listener.accept()
        with accepted:
            connection.sendall(b"question")
            connection.shutdown(socket.SHUT_WR)
            asked = all_of(accepted)
            accepted.sendall(b"answer to " + asked)
            accepted.shutdown(socket.SHUT_WR)
            assert all_of(connection) == b"answer to question"


def test_the_service_sees_that_a_client_left(wire, listener):
    connection = wire.connect(port_of(listener))
    accepted, _ = listener.accept()
    with accepted:
        accepted.settimeout(5)
        connection.close()
        assert accepted.recv(1) == b""
        with pytest.raises(OSError):  # noqa: PT011 - a broken pipe or a reset, as it comes
            accepted.sendall(b"x" * (64 << 20))


def test_connections_end_at_once_with_the_other_end(wire, other_end, listener):
    connection = wire.connect(port_of(listener))
    connection.settimeout(5)
    with connection:
        other_end.kill()
        assert connection.recv(1) == b""
    with pytest.raises(OSError, match="port 8000"):
        wire.connect(8000)


def test_closing_the_wire_ends_the_program(wire, other_end):
    wire.close()
    other_end.stdin.close()
    assert other_end.wait(10) == 0


def fake_end() -> tuple[Wire, int, int]:
    """A wire, and the two ends of its pipes that an image would have: one to read, one to write."""
    from_image, to_wire = os.pipe()
    from_wire, to_image = os.pipe()
    return Wire(from_image, to_image), from_wire, to_wire


@pytest.mark.parametrize(
    "frame",
    [
        HEAD.pack(OPEN, 1, 4) + NUMBER.pack(80),
        HEAD.pack(OPENED, 7, 4) + NUMBER.pack(0),
        HEAD.pack(PIECE, 1, LARGEST + 1),
        HEAD.pack(99, 1, 0),
    ],
    ids=["asks this machine to connect", "answers what nobody asked", "is too large", "is of no kind"],
)
def test_an_image_that_breaks_the_rules_is_cut_off(frame):
    wire, _, to_wire = fake_end()
    os.write(to_wire, HEAD.pack(OPENED, 0, 4) + NUMBER.pack(0))
    assert wire.is_up(5)
    os.write(to_wire, frame)
    with pytest.raises(ConnectionAbortedError):
        wire.connect(80)
    wire.close()


def test_an_image_that_sends_more_than_allowed_is_cut_off():
    wire, from_wire, to_wire = fake_end()
    connected: list[socket.socket] = []
    thread = threading.Thread(target=lambda: connected.append(wire.connect(80)))
    thread.start()
    assert os.read(from_wire, 100) == HEAD.pack(OPEN, 1, 4) + NUMBER.pack(80)
    os.write(to_wire, HEAD.pack(OPENED, 1, 4) + NUMBER.pack(0))
    thread.join(5)
    piece = HEAD.pack(PIECE, 1, LARGEST) + b"x" * LARGEST
    threading.Thread(target=lambda: os.write(to_wire, piece * (16 * WINDOW // LARGEST)), daemon=True).start()
    with pytest.raises(ConnectionAbortedError):
        wait_for_the_end(wire)
    assert len(all_of(connected[0])) < 4 * WINDOW
    wire.close()


def wait_for_the_end(wire: Wire) -> None:
    """Connect until that is answered with more than silence."""
    for _ in range(20):
        with suppress(TimeoutError):
            wire.connect(80, timeout=0.2).close()


def test_a_wire_to_nothing_is_not_up():
    wire, _, to_wire = fake_end()
    os.close(to_wire)
    assert not wire.is_up(5)
    wire.close()
