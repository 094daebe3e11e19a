import secrets
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from builders import image_of, tree_of
from loopback import driven, http_server
from paredown.plan import Verification
from paredown.probes.exchange import pages
from paredown.probes.exchange.interface import Answer, Guide, HttpAnswer, HttpRequest, Request

_HOME = """<!doctype html><title>Home</title>
<link rel=stylesheet href="/static/site.css"><link rel="icon" href="/favicon.ico"><script src=/static/app.js></script>
<a href="/about">About</a> <a href="about#team">Same</a> <a href=/logout>Bye</a> <a href='/calendar?month=1'>Calendar</a>
<a href="https://elsewhere.example/x">Off</a> <a href="//cdn.example/x">Off</a> <a href="javascript:alert(1)">J</a> <a href="mailto:a@b.c">M</a>
<a href="http://[broken">B</a> <a href="/old">Moved</a> <a href="/items/1">1</a><a href="/items/2">2</a> <img srcset="/static/a.png 1x, /static/b.png 2x">
<a href="/items/1?do=1">Delete it</a>
<form action=/search><input name=q><input type=number name=n min=3 value=""></form>
<form method=post action=/sign><input type=hidden name=csrf value="@@"><input name=email type=email><textarea name=text></textarea>
<select name=s><option value="">-<option value=b>B</select><input type=checkbox name=agree value=yes><button>Sign</button></form>
<form method=post action=/upload enctype="multipart/form-data"><input type=file name=picture accept="image/*"></form>
<form method=post action=/items/7/delete><button>Remove</button></form>"""


class Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    tokens: set[str]
    log: list[str]

    def log_message(self, *_: object) -> None:
        pass

    def said(self, status: int, body: str | bytes = "", kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_GET(self) -> None:
        self.log.append(f"GET {self.path}")
        parts = urlsplit(self.path)
        match parts.path:
            case "/":
                token = secrets.token_urlsafe() + "+/="
                self.tokens.add(token)
                self.said(200, _HOME.replace("@@", token), Set_Cookie="session=1")
            case "/calendar":
                month = int(parse_qs(parts.query)["month"][0])
                self.said(200, f"<a href='/calendar?month={month + 1}'>next</a> <a href='/days/2024/{month}'>day</a>")
            case "/old":
                self.said(302, Location="/new")
            case "/static/site.css":
                if self.headers["If-None-Match"] == '"one"':
                    self.said(304)
                elif self.headers["Range"] == "bytes=0-99":
                    self.said(206, b"x" * 100)
                else:
                    self.said(200, b"@import 'more.css';" + b"x" * 500, "text/css", ETag='"one"')
            case "/about" | "/new" | "/search" | "/logout" | "/signed" | "/guided":
                self.said(200, f"<p>{self.headers['Cookie']}")
            case path if path.startswith(("/items/", "/days/")):
                self.said(200, "<p>one of many")
            case _:
                self.said(404, "no")

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.log.append(f"POST {self.path}")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/sign":
            self.said(201, "ok")
            return
        fields = parse_qs(body.decode(), keep_blank_values=True)
        if fields["csrf"][0] not in self.tokens:
            self.said(403, "forged")
        elif not fields["email"][0]:
            self.said(422, "an address is missing")
        else:
            self.tokens.remove(fields["csrf"][0])  # good once
            self.said(303, Location="/signed")


Said = list[tuple[Request, Answer]]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, list[str]]:
    guide = guide_of(tmp_path_factory.mktemp("store"), "GET /items/{item_id}", "GET /guided", "GET /events", "POST /sign")
    with http_server(type("Fresh", (Site,), {"tokens": set(), "log": []})) as port:
        return driven(pages.ask, guide, port)


def guide_of(store: Path, *routes: str) -> Guide:
    return Guide(image=image_of(tree_of({}), store), settings=Verification(), routes=routes)


def answers(crawled: tuple[Said, list[str]]) -> dict[str, HttpAnswer]:
    return {request.key: answer for request, answer in crawled[0] if isinstance(answer, HttpAnswer)}


def targets(crawled: tuple[Said, list[str]]) -> list[str]:
    return [f"{request.method} {request.target}" for request, _ in crawled[0] if isinstance(request, HttpRequest)]


def test_links_files_and_redirects_are_followed_when_they_stay_with_the_service(crawled: tuple[Said, list[str]]) -> None:
    asked = targets(crawled)
    for target in ("/", "/about", "/old", "/new", "/static/site.css", "/static/more.css", "/static/a.png", "/robots.txt", "/sitemap.xml", "/guided"):
        assert asked.count(f"GET {target}") >= 1, target
    assert asked.count("GET /about") == 1
    assert not [target for target in asked if "elsewhere" in target or "cdn" in target or "alert" in target or "@" in target]


def test_endless_links_are_cut_when_they_are_alike(crawled: tuple[Said, list[str]]) -> None:
    assert len([target for target in targets(crawled) if "/calendar" in target]) == 5
    assert len([target for target in targets(crawled) if "/days" in target]) == 5


def test_session_ends_last_when_links_and_forms_end_it(crawled: tuple[Said, list[str]]) -> None:
    asked = targets(crawled)
    assert asked[-1] == "GET /logout"
    assert set(asked[-3:-1]) == {"GET /items/1?do=1", "POST /items/7/delete"}


def test_forms_are_sent_valid_and_empty_when_they_hold_a_token_of_each_run(crawled: tuple[Said, list[str]]) -> None:
    found = answers(crawled)
    assert found["form: POST /sign of /, valid"].status == 303
    assert found["form: POST /sign of /, valid, where it leads"].status == 200
    assert found["form: POST /sign of /, empty"].status == 422
    assert found["form: POST /upload of /, valid"].status == found["form: POST /upload of /, empty"].status == 201
    assert "GET /search?q=example&n=3" in targets(crawled)
    assert b"session=1" in found["page: GET /about"].body


def test_files_are_asked_for_again_when_they_have_an_etag(crawled: tuple[Said, list[str]]) -> None:
    found = answers(crawled)
    assert found["file: GET /static/site.css, with its ETag"].status == 304
    assert found["page: HEAD /"].status == 200


def test_routes_are_known_by_the_services_own_names_when_it_lists_them(crawled: tuple[Said, list[str]]) -> None:
    known = crawled[1]
    assert {"GET /", "GET /items/{item_id}", "POST /sign", "GET /days/{}/{}"} <= set(known)
    assert "GET /items/{}" not in known
    assert "GET /sitemap.xml" not in known
    assert len(known) == len(set(known))


def test_stream_is_left_to_others_when_a_route_looks_like_one(crawled: tuple[Said, list[str]]) -> None:
    assert "GET /events" not in targets(crawled)


def test_crawl_asks_the_same_when_it_is_made_again(tmp_path: Path, crawled: tuple[Said, list[str]]) -> None:
    guide = guide_of(tmp_path, "GET /items/{item_id}", "GET /guided", "GET /events", "POST /sign")
    with http_server(type("Fresh", (Site,), {"tokens": set(), "log": []})) as port:
        once_more = driven(pages.ask, guide, port)
    assert [request for request, _ in once_more[0]] == [request for request, _ in crawled[0]]


def test_crawl_is_bounded_when_every_page_leads_to_new_ones(tmp_path: Path) -> None:
    class Maze(Site):
        def do_GET(self) -> None:
            self.said(200, "".join(f"<a href='{self.path.rstrip('/')}/{letter}'>" for letter in "abcdefgh"))

    with http_server(Maze) as port:
        said, known = driven(pages.ask, guide_of(tmp_path), port)
    assert 150 <= len(said) <= 300
    assert len(known) > 150
