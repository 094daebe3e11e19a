"""What each of the four routes answers."""

from benchmarks.services.asking import Service, equal


def _root(service: Service) -> None:
    equal(service.get("/").json, {"message": "Hello World"})


def _health(service: Service) -> None:
    equal(service.get("/health").json, {"status": "ok"})


def _hello(service: Service) -> None:
    equal(service.get("/hello/J%C3%BCrgen?shout=true").json, {"message": "Hello JÜRGEN"})
    equal(service.get("/hello/you?shout=perhaps").status, 422)


def _add(service: Service) -> None:
    equal(service.post("/add", {"left": 1, "right": "2.5"}).json, {"sum": 3.5})
    equal(service.post("/add", {"left": 1}).json["detail"][0]["loc"], ["body", "right"])


ROUTES = {"GET /": _root, "GET /health": _health, "GET /hello/{name}": _hello, "POST /add": _add}
