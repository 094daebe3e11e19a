import base64
import json
from pathlib import Path
from typing import Any

import pytest

from builders import image_of, tree_of
from paredown.errors import UserError
from paredown.plan import Verification
from paredown.probes.exchange import request_files
from paredown.probes.exchange.interface import Binding, Guide, HttpRequest, Until, WebSocketTalk
from paredown.probes.exchange.request_files import parse

_REST = """\
@host = localhost:8000
@base = http://{{host}}/api
// a comment

### Log in
# @name login
POST {{base}}/login HTTP/1.1
Content-Type: application/json

{
  "name": "{{user}}",
  "at": "{{$isoTimestamp}}"
}

> {%
    client.test("ok", function() { client.assert(response.status === 200); });
    client.global.set("token", response.body.data["token"]);
%}

###
@user = alice
GET https://{{host}}/items
    ?page=2
    &size={{$randomInt 1 10}}
# a comment among headers
Authorization: Bearer {{token}}
Host: example.com

### By what was found
DELETE /items/{{login.response.body.$.items[0].id}}
X-Trace: {{login.response.headers.X-Trace}}

###

/plain
"""


def first(text: str, project: Path | str = "") -> HttpRequest:
    request = parse("requests.http", text.encode(), str(project))[0]
    assert isinstance(request, HttpRequest)
    return request


def test_rest_file_is_read_when_it_has_variables_names_and_scripts() -> None:
    login, items, delete, plain = parse("requests.http", _REST.encode())
    assert isinstance(login, HttpRequest)
    assert (login.method, login.target, login.headers) == ("POST", "/api/login", (("Content-Type", "application/json"),))
    assert json.loads(login.body) == {"name": "alice", "at": "2026-01-01T00:00:00Z"}
    assert isinstance(items, HttpRequest)
    assert (items.method, items.target) == ("GET", "/items?page=2&size=1")
    (token,) = items.bindings
    assert items.headers == (("Authorization", f"Bearer {token.placeholder}"),)
    assert (token.source, token.pointer) == (login.key, "/data/token")
    assert isinstance(delete, HttpRequest)
    assert [binding.pointer for binding in delete.bindings] == ["/items/0/id", "header X-Trace"]
    assert delete.target == f"/items/{delete.bindings[0].placeholder}"
    assert isinstance(plain, HttpRequest)
    assert (plain.method, plain.target, plain.body, plain.bindings) == ("GET", "/plain", b"", ())


def test_keys_name_file_and_line_when_requests_are_read() -> None:
    assert [request.key for request in parse("a.http", b"GET /a\n\n###\n\nGET /b?x={{$guid}}\n")] == ["a.http:1, GET /a", "a.http:5, GET /b?x={{$guid}}"]


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("http://localhost:8000", "/"), ("https://api.example.com/v1/x?y=1#z", "/v1/x?y=1"), ("{{undefined}}/x", "/x"), ("example.com:80/x", "/x"),
        ("http://{{h}}:{{p}}/x", "/x"), ("/x y".replace(" ", "%20"), "/x%20y"), ("localhost:8000", "/"),
    ],
)  # fmt: skip
def test_host_is_left_off_when_an_address_has_one(address: str, target: str) -> None:
    assert first(f"GET {address}").target == target


def test_file_is_included_when_it_lies_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"\x00{{x}}")
    (tmp_path / "text.txt").write_text("{{x}}")
    assert first("POST /\n\n< ./data.bin\n", tmp_path).body == b"\x00{{x}}"
    assert first("@x = 1\nPOST /\n\n<@ text.txt\n", tmp_path).body == b"1"


def test_form_lines_are_joined_when_they_are_urlencoded() -> None:
    assert first("POST /\nContent-Type: application/x-www-form-urlencoded\n\na=1\n&b=2\n").body == b"a=1&b=2"


def test_parts_end_as_headers_do_when_a_body_has_several(tmp_path: Path) -> None:
    (tmp_path / "f.bin").write_bytes(b"\n")
    text = 'POST /\nContent-Type: multipart/form-data; boundary=B\n\n--B\nContent-Disposition: form-data; name="f"\n\n< f.bin\n--B--\n'
    assert first(text, tmp_path).body == b'--B\r\nContent-Disposition: form-data; name="f"\r\n\r\n\n\r\n--B--'


def test_answers_are_not_kept_when_the_file_says_where() -> None:
    assert first("POST /\n\nbody\n\n>> answer.json\n<> old.json\n> handler.js\n").body == b"body"


def test_websocket_is_a_talk_when_the_file_has_one() -> None:
    (talk,) = parse("a.http", b'WEBSOCKET ws://localhost/ws\nX-A: b\n\n{"one": 1}\n=== wait-for-server\ntwo\n')
    assert isinstance(talk, WebSocketTalk)
    assert (talk.target, talk.messages, talk.headers) == ("/ws", ('{"one": 1}', "two"), (("X-A", "b"),))


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("GET /x\nno header\n", 2, "not a header"),
        ("\nGET /{{missing}}\n", 2, "{{missing}} has no value"),
        ("GET /\nA: {{later.response.body.$.id}}\n\n###\n# @name later\nGET /b", 1, "named later"),
        ("# @name a\nGET /\n\n###\nGET /{{a.response.body.$.x[*]}}", 5, "no path to one value"),
        ("@a = {{b}}\n@b = {{a}}\nGET /?x={{a}}\n", 3, "circle"),
        ("# @prompt name\nGET /", 1, "asks for a value"),
        ("curl http://localhost/", 1, "not a request line"),
        ("what is this", 1, "not a request line"),
        ("GRPC localhost/x", 1, "GRPC"),
        ("GET /?x={{$processEnv SECRET}}", 1, "$processEnv"),
        ("POST /\n\n< ../outside.txt\n", 3, "outside the project"),
        ("POST /\n\n< /etc/passwd\n", 3, "outside the project"),
        ("POST /\n\n< link.txt\n", 3, "outside the project"),
        ("POST /\n\n< none.txt\n", 3, "cannot be read"),
    ],
)  # fmt: skip
def test_error_names_the_line_when_a_request_cannot_be_read(tmp_path: Path, text: str, line: int, word: str) -> None:
    (tmp_path / "link.txt").symlink_to("/etc/passwd")
    with pytest.raises(UserError) as raised:
        parse("requests.http", text.encode(), str(tmp_path))
    assert raised.value.where == f"requests.http:{line}"
    assert word in raised.value.what
    assert raised.value.fix


def entry(url: str, method: str = "GET", headers: dict[str, str] | None = None, **request: Any) -> dict[str, Any]:
    named = [{"name": name, "value": value} for name, value in (headers or {}).items()]
    return {"request": {"method": method, "url": url, "headers": named, **request}, "response": {"status": 200}}


def har(*entries: dict[str, Any]) -> tuple[Any, ...]:
    return parse("trip.har", json.dumps({"log": {"version": "1.2", "entries": entries}}).encode())


def test_archive_is_read_when_its_requests_went_to_the_first_host() -> None:
    one, two = har(
        entry("https://shop.example/a?b=1", headers={":authority": "x", "Cookie": "s=1", "Host": "shop.example", "X-A": "1", "Origin": "https://shop.example"}),
        entry("https://ads.example/t"),
        entry("data:text/plain,x"),
        entry("https://shop.example/b", "POST", {"Content-Type": "application/json"}, postData={"mimeType": "application/json", "text": '{"é": 1}'}),
    )
    assert (one.method, one.target, one.headers, one.body) == ("GET", "/a?b=1", (("X-A", "1"),), b"")
    assert (two.method, two.target, two.headers, two.body) == ("POST", "/b", (("Content-Type", "application/json"),), '{"é": 1}'.encode())
    assert [one.key, two.key] == ["trip.har:1, GET /a?b=1", "trip.har:4, POST /b"]


def test_form_is_made_anew_when_an_archive_has_only_its_params() -> None:
    params = [{"name": "a", "value": "1 2"}, {"name": "f", "fileName": "x.txt", "contentType": "text/plain", "value": "data"}]
    plain, parts = (
        har(entry("http://h/", "POST", postData={"mimeType": kind, "params": params}))[0]
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data")
    )
    assert plain.body == b"a=1+2&f=data"
    assert b'name="f"; filename="x.txt"\r\nContent-Type: text/plain\r\n\r\ndata\r\n' in parts.body
    assert dict(parts.headers)["Content-Type"].startswith("multipart/form-data; boundary=")


def test_bytes_and_websockets_are_read_when_a_browser_saved_them() -> None:
    body = base64.b64encode(b"\xff\x00").decode()
    messages = [{"type": "send", "opcode": 1, "data": "hi"}, {"type": "receive", "opcode": 1, "data": "ho"}, {"type": "send", "opcode": 2, "data": body}]
    sent, talk = har(
        entry("http://h/", "POST", postData={"mimeType": "application/octet-stream", "text": body, "encoding": "base64"}),
        {**entry("ws://h/ws", headers={"Sec-WebSocket-Key": "x", "Sec-WebSocket-Protocol": "chat"}), "_webSocketMessages": messages},
    )
    assert sent.body == b"\xff\x00"
    assert (talk.messages, talk.headers) == (("hi", b"\xff\x00"), (("Sec-WebSocket-Protocol", "chat"),))


@pytest.mark.parametrize(
    ("data", "where", "word"),
    [
        (b'{"log":\n{"entries": [}', "trip.har:2", "not JSON"),
        (b'{"log": {}}', "trip.har", "har.log.entries"),
        (b'{"log": {"entries": [{"request": {"url": 7}}]}}', "trip.har", "har.log.entries[0].request.url is 7, not a text"),
        (b'{"log": {"entries": [{"request": {"url": "http://h/", "method": "GET /\\r\\n"}}]}}', "trip.har", "method"),
        (b"[" * 100_000, "trip.har", "not JSON"),
    ],
)
def test_error_names_the_place_when_an_archive_is_broken(data: bytes, where: str, word: str) -> None:
    with pytest.raises(UserError) as raised:
        parse("trip.har", data)
    assert raised.value.where == where
    assert word in raised.value.what


def test_requests_get_their_routes_when_the_service_lists_them(tmp_path: Path) -> None:
    guide = Guide(image=image_of(tree_of({}), tmp_path), settings=Verification(), routes=("GET /items/{id}",), files=(("a.http", b"GET /items/3?x=1\n"),))
    (request,) = list(request_files.ask(guide))
    assert isinstance(request, HttpRequest)
    assert request.route == "GET /items/{id}"


def test_one_binding_serves_when_a_value_is_used_twice() -> None:
    _, second = parse("a.http", b"# @name a\nGET /a\n\n###\nGET /b\nX: {{a.response.body.id}}\nY: {{a.response.body.$.id}}\n")
    assert isinstance(second, HttpRequest)
    assert second.bindings == (Binding(placeholder=second.headers[0][1], source="a.http:2, GET /a", pointer="/id"),)


def test_work_is_awaited_when_the_file_says_until_when() -> None:
    (request,) = parse("a.http", b"# @until $.jobs[0].state == done | failed\nGET /jobs\n")
    assert isinstance(request, HttpRequest)
    assert request.until == Until("/jobs/0/state", ("done", "failed"))


@pytest.mark.parametrize("line", ["# @until", "# @until done", "# @until $.state", "# @until $.* == done"])
def test_line_is_told_when_it_does_not_say_what_to_wait_for(line: str) -> None:
    with pytest.raises(UserError, match="what to wait for is not said"):
        parse("a.http", f"{line}\nGET /jobs\n".encode())


def test_talk_is_bound_to_an_earlier_answer_when_its_address_refers_to_it() -> None:
    _, talk = parse("a.http", b"# @name made\nPOST /rooms\n\n###\nWEBSOCKET /rooms/{{made.response.body.$.id}}\n\nhello\n")
    assert isinstance(talk, WebSocketTalk)
    assert [(binding.source, binding.pointer) for binding in talk.bindings] == [("a.http:2, POST /rooms", "/id")]
    assert talk.bindings[0].placeholder in talk.target
