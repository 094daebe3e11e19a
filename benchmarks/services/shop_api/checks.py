"""What each of the sixteen routes answers."""

from benchmarks.services.asking import Service, equal

_STATEMENTS = {
    "postgresql": "ILIKE",
    "postgresql.asyncpg": "ILIKE",
    "postgresql.psycopg": "ILIKE",
    "sqlite": "LIMIT ? OFFSET ?",
    "mysql": "LIMIT %s, %s",
    "oracle": "FETCH FIRST",
    "mssql": "ROW_NUMBER",
}
_TEXTS = {"cp1252": "Käse für 3 €", "shift_jis": "日本語", "gb18030": "中文", "koi8_r": "Привет", "euc_kr": "한국어", "utf-16": "ünï", "cp037": "EBCDIC"}
_ZONES = {"Europe/Vienna": "+02:00", "America/New_York": "-04:00", "Asia/Kolkata": "+05:30", "Australia/Lord_Howe": "+10:30", "UTC": "+00:00"}


def _index(service: Service) -> None:
    service.post("/items", {"name": "<b>Käse</b>", "price": "2.50"})
    answer = service.get("/")
    equal((answer.status, answer.type), (200, "text/html"))
    assert "&lt;b&gt;Käse&lt;/b&gt;: 2.50" in answer.text, answer.text[:200]


def _health(service: Service) -> None:
    equal(service.get("/health").json, {"status": "ok"})


def _items(service: Service) -> None:
    service.post("/items", {"name": "Apple", "price": "0.50"})
    assert {"Apple"} <= {item["name"] for item in service.get("/items").json}, "the item is missing"


def _added(service: Service) -> None:
    answer = service.post("/items", {"name": "Pear", "price": "1.25"})
    equal((answer.status, answer.json["price"]), (201, "1.25"))
    equal(service.post("/items", {"name": "Pear", "price": "cheap"}).status, 422)


def _item(service: Service) -> None:
    made = service.post("/items", {"name": "Plum", "price": "0.75"}).json
    equal(service.get(f"/items/{made['number']}").json, made)
    equal(service.get("/items/99999").status, 404)


def _removed(service: Service) -> None:
    made = service.post("/items", {"name": "Nut", "price": "0.10"}).json
    equal(service.ask("DELETE", f"/items/{made['number']}").status, 204)
    equal(service.ask("DELETE", f"/items/{made['number']}").status, 404)


def _report(service: Service) -> None:
    answer = service.get("/report/Asia/Tokyo")
    equal(answer.status, 200)
    assert "Midnight in Asia/Tokyo: 09:00 JST" in answer.text, answer.text[:200]


def _time(service: Service) -> None:
    for zone, offset in _ZONES.items():
        equal(service.get(f"/time/{zone}?at=2025-07-01T12:00:00Z").json["time"][-6:], offset, zone)
    equal(service.get("/time/Mars/Olympus").status, 404)


def _statement(service: Service) -> None:
    for dialect, wanted in _STATEMENTS.items():
        answer = service.get(f"/statement/{dialect}")
        equal(answer.status, 200, dialect)
        assert wanted in answer.json["sql"], f"{dialect}: {answer.text}"
    equal(service.get("/statement/dbase").status, 404)


def _asyncpg(service: Service) -> None:
    answer = service.get("/asyncpg")
    equal((answer.status, answer.json), (503, {"error": "ConnectionRefusedError"}))


def _psycopg(service: Service) -> None:
    answer = service.get("/psycopg")
    equal((answer.status, answer.json["error"]), (503, "OperationalError"))
    assert answer.json["libpq"] >= 100_000, answer.text


def _neighbour(service: Service) -> None:
    equal(service.get("/neighbour").json, {"status": 200, "answer": {"status": "ok"}})


def _decoded(service: Service) -> None:
    for codec, text in _TEXTS.items():
        equal(service.ask("POST", f"/decode/{codec}", text.encode(codec), "application/octet-stream").json, {"text": text}, codec)
    equal(service.ask("POST", "/decode/runes", b"x").status, 404)


def _versions(service: Service) -> None:
    told = service.get("/versions").json
    equal((len(told), all(told.values())), (7, True))
    equal(service.get("/versions?names=pydantic,starlette,anyio,websockets").status, 200)


def _broken(service: Service) -> None:
    answer = service.get("/broken")
    equal(answer.status, 500)
    assert "Sorry, that went wrong (RuntimeError)" in answer.text, answer.text[:200]


def _echo(service: Service) -> None:
    equal(service.speak("/echo", "grüße"), "GRÜSSE")


ROUTES = {
    "GET /": _index,
    "GET /health": _health,
    "GET /items": _items,
    "POST /items": _added,
    "GET /items/{number}": _item,
    "DELETE /items/{number}": _removed,
    "GET /report/{zone}": _report,
    "GET /time/{zone}": _time,
    "GET /statement/{dialect}": _statement,
    "GET /asyncpg": _asyncpg,
    "GET /psycopg": _psycopg,
    "GET /neighbour": _neighbour,
    "POST /decode/{codec}": _decoded,
    "GET /versions": _versions,
    "GET /broken": _broken,
    "WS /echo": _echo,
}
