from pathlib import Path

from builders import image_of, tree_of
from paredown.plan import Verification
from paredown.probes.exchange import known
from paredown.probes.exchange.interface import Guide, HttpRequest, Known


def test_listed_routes_are_read_with_fitting_values_and_those_that_end_something_last(tmp_path: Path) -> None:
    routes = ("GET /logout", "GET /items/{item_id:int}", "POST /items", "GET /u/{key:uuid}", "WS /echo", "GET /hours/{zone:path}")
    said = list(known.ask(Guide(image=image_of(tree_of({}), tmp_path), settings=Verification(), routes=routes)))
    assert [one.route for one in said if isinstance(one, Known)] == list(routes)
    read = [one.target for one in said if isinstance(one, HttpRequest) and one.method == "GET"]
    assert read == ["/items/1", "/u/6ba7b810-9dad-41d1-80b4-00c04fd430c8", "/hours/Europe/Berlin", "/logout"]
