import gzip
import json
import zlib

import pytest

from paredown.probes.exchange.described import WHOLE, described
from paredown.probes.exchange.interface import HttpAnswer


def _answer(kind: str, body: bytes, *headers: tuple[str, str]) -> HttpAnswer:
    return HttpAnswer(status=200, reason="OK", headers=(("Content-Type", kind), *headers), body=body)


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "application/problem+json"])
def test_body_is_parsed_when_it_is_json(kind: str) -> None:
    assert described(_answer(kind, b'{"a": [1, null]}'))["body"] == {"a": [1, None]}


def test_body_is_text_when_its_json_is_broken() -> None:
    assert described(_answer("application/json", b"{broken"))["body"] == "{broken"


def test_body_is_read_by_its_charset() -> None:
    assert described(_answer("text/plain; charset=iso-8859-1", "Grüße".encode("latin-1")))["body"] == "Grüße"


def test_body_is_a_digest_when_it_is_no_text() -> None:
    assert described(_answer("image/png", b"\x89PNG"))["body"]["bytes"] == 4
    assert described(_answer("text/plain", b"\xff\xfe"))["body"]["bytes"] == 2


def test_body_is_a_digest_and_its_first_lines_when_it_is_long() -> None:
    body = described(_answer("text/csv", b"first\n" + b"x\n" * WHOLE))["body"]
    assert (body["lines"][0], body["bytes"]) == ("first", 2 * WHOLE + 6)


@pytest.mark.parametrize(
    ("coding", "packed"), [("gzip", gzip.compress(b"[1]", mtime=0)), ("deflate", zlib.compress(b"[1]")), ("deflate", zlib.compress(b"[1]")[2:-4])]
)
def test_body_is_unpacked_when_it_is_compressed(coding: str, packed: bytes) -> None:
    assert described(_answer("application/json", packed, ("Content-Encoding", coding)))["body"] == [1]


def test_body_says_so_when_it_cannot_be_unpacked() -> None:
    assert described(_answer("application/json", b"no gzip", ("Content-Encoding", "gzip")))["body"]["undecodable"] is True


def test_headers_do_not_tell_the_moment_nor_the_files_times() -> None:
    one = _answer("text/css", b"x", ("Date", "Sat, 21 Nov 2026 08:00:00 GMT"), ("Last-Modified", "Sat, 21 Nov 2026 07:00:00 GMT"), ("ETag", '"1"'))
    other = _answer("text/css", b"x", ("Date", "Sat, 21 Nov 2026 09:00:00 GMT"), ("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"), ("ETag", '"2"'))
    assert described(one) == described(other)


@pytest.mark.parametrize(
    ("one", "other"), [(("ETag", '"1"'), ("ETag", '"2"')), (("Server", "uvicorn"), ("Server", "hypercorn")), (("Date", "now"), ("Date", "soon"))]
)
def test_headers_tell_all_else(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert described(_answer("text/css", b"x", one)) != described(_answer("text/css", b"x", other))


@pytest.mark.parametrize("name", ["Allow", "Vary", "Access-Control-Allow-Methods"])
def test_headers_that_are_sets_have_no_order(name: str) -> None:
    one, other, less = (described(_answer("text/plain", b"", (name, value)))["headers"] for value in ("GET, OPTIONS", "OPTIONS,GET", "GET"))
    assert one == other != less


def test_value_is_json_whatever_the_answer() -> None:
    for body in (b"NaN", b"[" * 100_000, b'{"a": Infinity}', b""):
        value = described(_answer("application/json", body))
        assert json.loads(json.dumps(value, allow_nan=False)) == value


def test_body_is_left_out_when_it_broke_off() -> None:
    value = described(HttpAnswer(status=200, reason="OK", headers=(), body=b"par", error="broke"))
    assert value == {"status": 200, "reason": "OK", "headers": {}, "error": "broke"}
    assert described(HttpAnswer(error="refused")) == {"error": "refused"}
