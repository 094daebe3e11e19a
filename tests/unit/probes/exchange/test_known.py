from pathlib import Path

from builders import image_of, tree_of
from paredown.plan import Verification
from paredown.probes.exchange import known
from paredown.probes.exchange.interface import Guide, HttpRequest, Input, Known


def test_listed_routes_are_read_with_fitting_values_and_those_that_end_something_last(tmp_path: Path) -> None:
    routes = ("GET /logout", "GET /items/{item_id:int}", "POST /items", "GET /u/{key:uuid}", "WS /echo", "GET /hours/{zone:path}")
    said = list(known.ask(Guide(image=image_of(tree_of({}), tmp_path), settings=Verification(), routes=routes)))
    assert [one.route for one in said if isinstance(one, Known)] == list(routes)
    read = [one.target for one in said if isinstance(one, HttpRequest) and one.method == "GET"]
    assert read == ["/items/1", "/u/6ba7b810-9dad-41d1-80b4-00c04fd430c8", "/hours/Europe/Berlin", "/logout"]


def test_views_are_sent_what_they_read(tmp_path: Path) -> None:
    inputs = (
        Input(route="GET /hours/{zone:path}", place="query", name="day"),
        Input(route="POST /files", place="file", name="scan"),
        Input(route="POST /names", place="field", name="email"),
        Input(route="POST /decode/{codec}", place="body"),
    )
    routes = ("GET /files/{name}", "GET /hours/{zone:path}", "POST /files", "POST /names", "POST /decode/{codec}", "POST /secret")
    guide = Guide(image=image_of(tree_of({}), tmp_path), settings=Verification(), routes=routes, inputs=inputs)
    asked = [one for one in known.ask(guide) if isinstance(one, HttpRequest) and one.method != "HEAD"]
    assert [f"{one.method} {one.target}" for one in asked] == [
        "POST /files", "POST /names", "POST /decode/utf-8", "GET /files/text.txt", "GET /hours/Europe/Berlin?day=2024-02-29",
    ]  # fmt: skip
    assert b'name="scan"; filename="text.txt"' in asked[0].body
    assert [(one.headers[0][1], one.body) for one in asked[1:2]] == [("application/x-www-form-urlencoded", b"email=person%40example.com")]
