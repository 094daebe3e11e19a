import json
import uuid
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread

import pytest

from builders import image_of, tree_of
from loopback import Loopback, http_server, raw_server
from paredown.plan import Verification
from paredown.probes.exchange import Script, converse, openapi
from paredown.probes.exchange.interface import Answer, Binding, Guide, HttpAnswer, HttpRequest, Known, Request, Until
from paredown.probes.interface import Seen, Unproven
from paredown.result import Coverage, Observation

_ITEM = {"type": "object", "properties": {"name": {"type": "string", "minLength": 2}, "price": {"type": "number", "minimum": 0}}, "required": ["name"]}
_ID = [{"name": "item_id", "in": "path", "required": True, "schema": {"type": "string"}}]
_BODY = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}}
_DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "toy", "version": "1"},
    "paths": {
        "/items": {"get": {}, "post": {"requestBody": _BODY}},
        "/items/{item_id}": {"parameters": _ID, "get": {}, "put": {"requestBody": _BODY}, "delete": {}},
    },
    "components": {"schemas": {"Item": _ITEM}},
}


def _toy() -> type[BaseHTTPRequestHandler]:
    """A service with a memory of its own, which gives out random ids."""
    held: dict[str, dict[str, object]] = {}

    class Toy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/openapi.json":
                self._say(200, _DOCUMENT)
            elif self.path == "/items":
                self._say(200, list(held.values()))
            else:
                self._say(*self._found())

        def do_POST(self) -> None:
            if (new := self._item()) is not None:
                new["id"] = str(uuid.uuid4())
                held[str(new["id"])] = new
                self._say(201, new)

        def do_PUT(self) -> None:
            status, old = self._found()
            if (new := self._item()) is not None:
                self._say(status, {**old, **new})

        def do_DELETE(self) -> None:
            status, _ = self._found()
            held.pop(self.path.rpartition("/")[2], None)
            self._say(204 if status == 200 else status, {})

        def _found(self) -> tuple[int, dict[str, object]]:
            item = held.get(self.path.rpartition("/")[2])
            return (200, item) if item is not None else (404, {"detail": "no such item"})

        def _item(self) -> dict[str, object] | None:
            try:
                new = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            except ValueError:
                new = None
            if not isinstance(new, dict) or not isinstance(new.get("name"), str) or len(new["name"]) < 2:
                self._say(422, {"detail": "not an item"})
                return None
            return new

        def _say(self, status: int, value: object) -> None:
            body = b"" if status == 204 else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    return Toy


def _guide(folder: Path, **settings: object) -> Guide:
    return Guide(image=image_of(tree_of({}), folder), settings=Verification(**settings))  # type: ignore[arg-type]


def _three_runs(guide: Guide, *askers: object) -> list[list[Seen]]:
    """What the leading, the middle and the last run see, each of a toy of its own, at the same time."""
    script = Script()
    seen: list[list[Seen]] = [[], [], []]

    def run(place: int) -> None:
        with http_server(_toy()) as port:
            seen[place] = list(converse(Loopback(), port, guide, askers, script, leads=place == 0, last=place == 2))  # type: ignore[arg-type]

    threads = [Thread(target=run, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return seen


def _values(seen: list[Seen]) -> dict[str, dict[str, object]]:
    return {one.key: one.value for one in seen if isinstance(one, Observation)}


def test_runs_ask_the_same_and_fill_in_their_own_ids(tmp_path: Path) -> None:
    runs = [_values(seen) for seen in _three_runs(_guide(tmp_path), openapi.ask)]
    assert list(runs[0]) == list(runs[1]) == list(runs[2])
    for values in runs:
        assert values["GET /items/{item_id}, valid"]["body"] == values["POST /items, valid"]["body"]
        assert values["DELETE /items/{item_id}, valid"]["status"] == 204
        assert values["GET /items/{item_id}, valid, after the deletion"]["status"] == 404
    ids = {values["POST /items, valid"]["body"]["id"] for values in runs}  # type: ignore[index]
    assert len(ids) == 3
    differing = {key for key in runs[0] if runs[0][key] != runs[1][key]}
    assert all("/items" in key for key in differing)
    assert all(runs[0][key]["status"] == runs[1][key]["status"] for key in runs[0])


def test_coverage_is_full_when_every_operation_was_answered_well(tmp_path: Path) -> None:
    coverages = [one for seen in _three_runs(_guide(tmp_path), openapi.ask) for one in seen if isinstance(one, Coverage)]
    operations = frozenset(("GET /items", "POST /items", "GET /items/{item_id}", "PUT /items/{item_id}", "DELETE /items/{item_id}"))
    assert coverages == [Coverage(what="routes", exercised=operations, known=operations)] * 3


def test_request_without_a_route_counts_for_the_known_one_it_matches(tmp_path: Path) -> None:
    def ask(_: Guide) -> Generator[Request | Known, Answer | None, None]:
        yield HttpRequest(key="crawled", method="GET", target="/items")
        yield Known("GET /items")
        yield Known("GET /{rest:path}")

    coverage = _three_runs(_guide(tmp_path), ask)[0][-1]
    assert coverage == Coverage(what="routes", exercised=frozenset(("GET /items",)), known=frozenset(("GET /items", "GET /{rest}")))


def test_observation_says_what_a_request_could_not_be_bound_to(tmp_path: Path) -> None:
    answers: list[Answer | None] = []

    def ask(_: Guide) -> Generator[Request | Known, Answer | None, None]:
        binding = Binding(placeholder="~id~", source="list", pointer="/0/id")
        answers.append((yield HttpRequest(key="list", method="GET", target="/items")))
        answers.append((yield HttpRequest(key="first", method="GET", target="/items/~id~", bindings=(binding,))))

    values = [_values(seen) for seen in _three_runs(_guide(tmp_path), ask)]
    assert [one["first"] for one in values] == [{"error": "nothing at /0/id of the answer to list"}] * 3
    assert isinstance(answers[1], HttpAnswer)


def test_keys_are_told_apart_when_two_askers_choose_the_same(tmp_path: Path) -> None:
    def ask(_: Guide) -> Generator[Request | Known, Answer | None, None]:
        yield HttpRequest(key="it", method="POST", target="/items", body=b'{"name": "one"}')
        binding = Binding(placeholder="~id~", source="it", pointer="/id")
        yield HttpRequest(key="again", method="GET", target="/items/~id~", bindings=(binding,))

    for values in map(_values, _three_runs(_guide(tmp_path), ask, ask)):
        assert list(values) == ["it", "again", "it (2)", "again (2)"]
        assert values["again (2)"]["body"] == values["it (2)"]["body"]


def test_nothing_is_proven_when_the_service_does_not_speak_http(tmp_path: Path) -> None:
    def ask(_: Guide) -> Generator[Request | Known, Answer | None, None]:
        yield HttpRequest(key="it", method="GET", target="/")

    with raw_server(b"220 mail ready\r\n") as port:
        seen = list(converse(Loopback(), port, _guide(tmp_path), [ask], Script(), leads=True))
    assert Unproven("HTTP", "no request was answered: the answer is not HTTP") in seen


def test_leader_that_is_given_up_leaves_no_follower_waiting(tmp_path: Path) -> None:
    script = Script()
    leading = converse(Loopback(), 1, _guide(tmp_path), [openapi.ask], script, leads=True)
    next(leading)
    leading.close()  # type: ignore[attr-defined]
    assert [line.key for line in script.lines()] == ["GET /openapi.json"]


@pytest.mark.parametrize(("own", "sent"), [((), "Bearer settings"), ((("Authorization", "own"),), "own")])
def test_headers_of_the_settings_go_with_every_request(tmp_path: Path, own: tuple[tuple[str, str], ...], sent: str) -> None:
    seen: list[str | None] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers["Authorization"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            pass

    def ask(_: Guide) -> Generator[Request | Known, Answer | None, None]:
        yield HttpRequest(key="it", method="GET", target="/", headers=own)

    with http_server(Listening) as port:
        list(converse(Loopback(), port, _guide(tmp_path, headers=(("Authorization", "Bearer settings"),)), [ask], Script(), leads=True))
    assert seen == [sent]


def _slow_job(needed: int) -> type[BaseHTTPRequestHandler]:
    """Work that is done when it was asked after `needed` times."""
    asked: list[str] = []

    class Job(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps({"state": "done" if len(asked) >= needed else "queued", "asked": len(asked)}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    return Job


def test_last_answer_counts_when_work_is_awaited(tmp_path: Path) -> None:
    def asker(guide: Guide) -> Generator[Request | Known, Answer | None, None]:
        yield HttpRequest(key="job", method="GET", target="/job", until=Until("/state", ("done", "failed")))

    with http_server(_slow_job(3)) as port:
        seen = list(converse(Loopback(), port, _guide(tmp_path), [asker], Script(), leads=True))
    (observed,) = [each for each in seen if isinstance(each, Observation)]
    assert isinstance(observed.value, dict)
    assert observed.value["body"] == {"state": "done", "asked": 3}
