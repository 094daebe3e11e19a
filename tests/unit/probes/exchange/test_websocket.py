import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from websockets.sync.server import ServerConnection, serve

from loopback import Loopback, raw_server
from paredown.probes.exchange.interface import WebSocketAnswer, WebSocketTalk
from paredown.probes.exchange.websocket import described_websocket, shape, talk

Behaviour = Callable[[ServerConnection], None]


@contextlib.contextmanager
def serving(behaviour: Behaviour, **options: object) -> Iterator[int]:
    with serve(behaviour, "127.0.0.1", 0, **options) as server:  # type: ignore[arg-type]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.socket.getsockname()[1]
        server.shutdown()
        thread.join()


def asked(port: int, *messages: str | bytes, **options: object) -> WebSocketAnswer:
    settings = {"key": "k", "target": "/", "messages": messages, "quiet": 0.2, "timeout": 5.0, **options}
    return talk(Loopback(), port, WebSocketTalk(**settings))  # type: ignore[arg-type]


def echo(connection: ServerConnection) -> None:
    for message in connection:
        connection.send(message)


def test_texts_and_bytes_come_back_when_the_service_echoes() -> None:
    with serving(echo) as port:
        answer = asked(port, "é", b"\x00\xff", "long " * 20_000)
    assert answer.status == 101
    assert answer.received == ("é", b"\x00\xff", "long " * 20_000)
    assert (answer.close_code, answer.error, answer.endless) == (0, "", False)


def test_message_in_fragments_is_one_when_it_is_received() -> None:
    def fragments(connection: ServerConnection) -> None:
        connection.recv()
        connection.send(["a", "b", "c"])

    with serving(fragments) as port:
        assert asked(port, "go").received == ("abc",)


def test_close_code_is_the_services_when_it_closes() -> None:
    def leave(connection: ServerConnection) -> None:
        connection.send("bye " + str(connection.recv()))
        connection.close(4001)

    with serving(leave) as port:
        answer = asked(port, "one", "two")
    assert answer.received == ("bye one",)
    assert answer.close_code == 4001


def test_close_code_says_lost_when_the_connection_drops() -> None:
    def drop(connection: ServerConnection) -> None:
        connection.recv()
        connection.socket.close()

    with serving(drop) as port:
        assert asked(port, "one", "two", "three").close_code == 1006


def test_refusal_is_an_answer_when_the_handshake_is_refused() -> None:
    with serving(echo, process_request=lambda connection, request: connection.respond(403, "no")) as port:
        answer = asked(port, "one")
    assert (answer.status, answer.error) == (403, "")


def test_subprotocol_is_told_when_one_was_agreed_on() -> None:
    with serving(echo, subprotocols=["json"]) as port:
        assert asked(port, headers=(("Sec-WebSocket-Protocol", "chat, json"),)).protocol == "json"


def test_error_is_an_answer_when_nobody_listens() -> None:
    assert asked(1, "one").error == "no connection: ECONNREFUSED"


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"])
def test_error_is_an_answer_when_the_service_speaks_no_websocket(said: bytes) -> None:
    with raw_server(said) as port:
        answer = asked(port, "one")
    assert "handshake" in answer.error


def test_error_is_an_answer_when_a_frame_is_broken() -> None:
    def break_rules(connection: ServerConnection) -> None:
        connection.recv()
        connection.socket.sendall(b"\xf3\x00")  # reserved bits, no extension agreed on

    with serving(break_rules, compression=None) as port:
        assert asked(port, "one").error == "not as the protocol has it: ProtocolError"


def test_head_cannot_be_split_when_a_header_holds_a_line_end() -> None:
    with serving(echo) as port:
        assert "control character" in asked(port, headers=(("X-Name", "a\r\nb: c"),)).error


def tick(connection: ServerConnection) -> None:
    connection.send(json.dumps({"hello": "there"}))
    for number in range(10_000):
        connection.send(json.dumps({"tick": number, "at": time.monotonic()}))
        time.sleep(0.03)


def test_feed_is_cut_when_it_never_ends() -> None:
    with serving(tick) as port:
        began = time.monotonic()
        answer = asked(port)
    assert answer.endless
    assert len(answer.received) > 10
    assert time.monotonic() - began < 6


def test_feeds_are_described_alike_when_they_sent_more_or_less() -> None:
    with serving(tick) as port:
        one, other = asked(port, feed=True), asked(port, feed=True, expected=17)
    assert (len(one.received), len(other.received)) == (10, 17)
    assert described_websocket(one) == described_websocket(other)
    assert described_websocket(one)["feed"] == {"first": {"hello": "text"}, "mostly": {"tick": "number", "at": "number"}}


def test_feed_is_another_when_what_it_sends_has_other_keys() -> None:
    answers = [WebSocketAnswer(status=101, received=(json.dumps({key: 1}),) * 3, endless=True) for key in ("price", "cost")]
    assert described_websocket(answers[0]) != described_websocket(answers[1])


def test_expected_messages_are_awaited_when_the_machine_is_slow() -> None:
    def slow(connection: ServerConnection) -> None:
        connection.send("first")
        time.sleep(1)
        connection.send("second")
        connection.recv()

    with serving(slow) as port:
        assert asked(port, expected=2).received == ("first", "second")


def test_more_is_awaited_when_more_came_to_the_first_run() -> None:
    def slow(connection: ServerConnection) -> None:
        connection.send("first")
        time.sleep(1)
        connection.send("second")
        connection.recv()

    request = WebSocketTalk(key="k", target="/", messages=(), quiet=0.2, timeout=5)
    with serving(slow) as port:
        assert talk(Loopback(), port, request, lambda: replace(request, expected=2)).received == ("first", "second")
        assert talk(Loopback(), port, request, lambda: replace(request, expected=1)).received == ("first",)


def test_messages_are_described_as_json_when_they_are_and_by_digest_when_long() -> None:
    value = described_websocket(WebSocketAnswer(status=101, received=('{"id": 1}', "plain", b"\x01", "x" * 5000)))
    assert value["messages"][:2] == [{"id": 1}, "plain"]
    assert [message["size"] for message in value["messages"][2:]] == [1, 5000]


def test_shape_keeps_keys_and_types_when_values_differ() -> None:
    assert shape({"a": [1, 2], "b": None, "c": "x"}) == {"a": ["number"], "b": "flag or null", "c": "text"}
