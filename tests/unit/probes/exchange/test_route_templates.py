import pytest

from paredown.probes.exchange.route_templates import filled, parameters_of, route_of, template_of

_ROUTES = ("GET /items/{id}", "GET /items/new", "POST /items", "GET /files/{path:path}", "GET /users/<int:id>/x")


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/items/3?a=/", "GET /items/{id}"), ("/items/new", "GET /items/new"), ("/files/a/b", "GET /files/{path:path}"), ("/items", ""), ("/items/a/b", ""),
        ("/users/7/x", "GET /users/<int:id>/x"),
    ],
)  # fmt: skip
def test_route_is_the_most_exact_when_several_fit(path: str, route: str) -> None:
    assert route_of("GET", path, _ROUTES) == route


def test_parameters_are_filled_when_a_template_has_some() -> None:
    assert filled("/items/{item_id:int}/<name>/{path:path}") == "/items/1/one/one"
    assert parameters_of("/items/{item_id:int}/<int:n>") == ("item_id", "n")


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/a/12/b", "/a/{}/b"), ("/2024-05-01", "/{}"), ("/x/6fa459ea-ee8a-3ca4-894e-db77e160355e?y=1", "/x/{}"), ("/static/site.css", "/static/site.css"),
    ],
)  # fmt: skip
def test_made_parts_are_holes_when_a_path_is_generalised(path: str, template: str) -> None:
    assert template_of(path) == template
