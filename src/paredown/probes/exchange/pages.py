"""What to ask a service that shows pages: its links and files breadth first, its forms, and what ends the session last."""

import re
from collections import Counter, deque
from collections.abc import Generator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from paredown.probes.exchange.addresses import OWN_HOSTS, parting, target_of
from paredown.probes.exchange.described import text_of
from paredown.probes.exchange.forms import Filled, filled, query_of
from paredown.probes.exchange.html_page import Form, read_page
from paredown.probes.exchange.interface import Answer, Binding, Guide, HttpAnswer, HttpRequest, Known, Request
from paredown.probes.exchange.route_templates import parameters_of, route_of, template_of
from paredown.probes.exchange.static_files import Fetched, again
from paredown.result import Skipped

_MOST_PAGES = 150
_MOST_REQUESTS = 300
_DEEPEST = 6
_MOST_ALIKE = 5  # pages whose addresses differ only in numbers, dates and values of a query: a calendar has no end
_MOST_WAITING = 5000

_WELL_KNOWN = ("/robots.txt", "/favicon.ico", "/sitemap.xml")
_STREAMS = re.compile(r"stream|events?\b|sse\b|subscribe", re.IGNORECASE)  # never ends, and is asked for elsewhere
_STYLE_ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s]+)""")
_SITEMAP_ADDRESS = re.compile(r"<loc>\s*([^<\s]+)\s*</loc>")
_WHERE = "paredown-bound-location"

Asking = Generator[Request | Known | Skipped, Answer | None, None]


@dataclass(frozen=True, slots=True)
class _Visit:
    target: str
    depth: int


@dataclass(frozen=True, slots=True)
class _Submission:
    """A form of the page at `page`, `action` resolved."""

    page: str
    action: str
    form: Form
    depth: int


def ask(guide: Guide) -> Asking:
    """Crawl from `/` and the routes without parameters; then forms, whatever they lead to, files once more, and partings last."""
    crawl = _Crawl(guide)
    crawl.meet("/", 0)
    for route in guide.routes:
        method, _, path = route.partition(" ")
        if method == "GET" and path.startswith("/") and not parameters_of(path) and not _STREAMS.search(path):
            crawl.meet(path, 0)
    for path in _WELL_KNOWN:
        crawl.meet(path, _DEEPEST)
    yield from crawl.onward()
    yield from crawl.revisit()
    yield from crawl.part()
    yield from crawl.left_out()


@dataclass(slots=True)
class _Crawl:
    """What was met, visited and submitted so far."""

    guide: Guide
    hosts: frozenset[str] = field(init=False)
    waiting: deque[_Visit] = field(default_factory=deque)
    forms: deque[_Submission] = field(default_factory=deque)
    late: list[tuple[int, _Visit | _Submission]] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    alike: Counter[tuple[str, ...]] = field(default_factory=Counter)
    files: list[Fetched] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    pages: int = 0
    requests: int = 0

    def __post_init__(self) -> None:
        given = {value.partition(":")[0].lower() for name, value in self.guide.settings.headers if name.lower() == "host"}
        self.hosts = OWN_HOSTS | given

    def meet(self, target: str, depth: int, text: str = "") -> None:
        """A link to `target`: it waits for its turn, unless it was met before or is one of too many alike."""
        if not target or target in self.met or depth > _DEEPEST or len(self.met) >= _MOST_WAITING:
            return
        self.met.add(target)
        parts = urlsplit(target)
        names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
        kind = (template_of(parts.path), *names)
        self.alike[kind] += 1
        if self.alike[kind] > _MOST_ALIKE:
            return
        visit = _Visit(target, depth)
        if late := parting(target, text):
            self.late.append((late, visit))
        else:
            self.waiting.append(visit)

    def onward(self) -> Asking:
        """Visit and submit until nothing waits."""
        while (self.waiting or self.forms) and not self.exhausted:
            if self.waiting:
                visit = self.waiting.popleft()
                yield from self._visit(self._get(visit.target), visit.target, visit.depth)
            else:
                yield from self._submit(self.forms.popleft())

    def revisit(self) -> Asking:
        """Files once more; and the head of the first page."""
        for request in (HttpRequest(key="page: HEAD /", method="HEAD", target="/", route=self._route("/")), *again(self.files)):  # noqa: UP028 -- a plain iterator takes no answers
            yield request

    def part(self) -> Asking:
        """What takes something away, and then what ends the session."""
        for _, last in sorted(self.late, key=lambda pair: pair[0]):
            if self.requests >= _MOST_REQUESTS:
                return
            if isinstance(last, _Submission):
                yield from self._submit(last)
            else:
                yield from self._visit(self._get(last.target), last.target, _DEEPEST)

    def left_out(self) -> Asking:
        """The routes that were met and never asked."""
        for visit in self.waiting:
            yield from self._know(self._route(visit.target))
        if self.waiting or self.forms:
            what = f"{len(self.waiting)} further links and {len(self.forms)} forms"
            yield Skipped(what=what, reason=f"at most {_MOST_PAGES} pages are read and {_MOST_REQUESTS} requests made of what pages lead to")

    @property
    def exhausted(self) -> bool:
        return self.pages >= _MOST_PAGES or self.requests >= _MOST_REQUESTS

    def _visit(self, request: HttpRequest, target: str, depth: int) -> Asking:
        """Ask, and note what the answer leads to; `target` is what its links are relative to."""
        self.requests += 1
        answer = yield request
        if not isinstance(answer, HttpAnswer) or not answer.status:
            return
        if request.route and (answer.status < 400 or (answer.status not in (404, 410) and target not in _WELL_KNOWN)):
            yield from self._know(request.route)
        self._note(request, answer, target, depth)

    def _note(self, request: HttpRequest, answer: HttpAnswer, target: str, depth: int) -> None:
        found = Fetched(request, answer)
        kind = found.header("content-type").partition(";")[0].strip().lower()
        if 300 <= answer.status < 400 and found.header("location"):
            self.meet(target_of(found.header("location"), target, self.hosts), depth + 1)
        elif kind in ("text/html", "application/xhtml+xml"):
            self.pages += 1
            self._read(text_of(answer), target, depth)
        elif kind == "text/css":
            for address in _STYLE_ADDRESS.findall(text_of(answer))[:100]:
                self.meet(target_of(address, target, self.hosts), depth + 1)
        elif target.endswith("sitemap.xml"):
            for address in _SITEMAP_ADDRESS.findall(text_of(answer))[:_MOST_PAGES]:
                self.meet(target_of(address, target, self.hosts), 1)
        if request.method == "GET" and answer.status == 200 and not request.bindings:
            self.files.append(found)

    def _read(self, text: str, target: str, depth: int) -> None:
        page = read_page(text)
        for link in page.links:
            self.meet(target_of(link.address, target, self.hosts, page.base), depth + 1, link.text)
        for form in page.forms:
            action = target_of(form.action or target, target, self.hosts, page.base if form.action else "")
            if not action or depth >= _DEEPEST:
                continue
            if form.method == "GET":
                query = query_of(form)
                self.meet(f"{action.partition('?')[0]}{'?' if query else ''}{query}", depth + 1, form.text)
            elif form.method == "POST":
                self._meet_form(_Submission(target, action, form, depth + 1))

    def _meet_form(self, submission: _Submission) -> None:
        name = f"POST {template_of(submission.action)} {sorted({field.name for field in submission.form.fields})}"
        if name in self.met:
            return
        self.met.add(name)
        if late := parting(submission.action, submission.form.text):
            self.late.append((late, submission))
        else:
            self.forms.append(submission)

    def _submit(self, submission: _Submission) -> Asking:
        """The form as a person fills it in, and with nothing; each on a page of its own, for a token may be good only once."""
        sent: set[bytes] = set()
        for how in ("valid", "empty"):
            key = f"form: POST {submission.action} of {submission.page}, {how}"
            before = HttpRequest(key=f"{key}, its page", method="GET", target=submission.page, route=self._route(submission.page))
            content = filled(submission.form, before.key, empty=how == "empty")
            if content.body in sent:
                continue
            sent.add(content.body)
            if content.bindings:
                # Another page was seen than the form came from: then so is the field that is bound to it.
                self.requests += 1
                yield before
            yield from self._send(key, submission, content)

    def _send(self, key: str, submission: _Submission, content: Filled) -> Asking:
        action = submission.action
        request = HttpRequest(
            key=key, method="POST", target=action, headers=(("Content-Type", content.media_type),), body=content.body,
            bindings=content.bindings, route=self._route(action, "POST"),
        )  # fmt: skip
        self.requests += 1
        answer = yield request
        if not isinstance(answer, HttpAnswer) or not answer.status:
            return
        yield from self._know(request.route)
        location = Fetched(request, answer).header("location") if 300 <= answer.status < 400 else ""
        if not location:
            self._note(request, answer, action, submission.depth)
        elif target := target_of(location, action, self.hosts):
            self.met.add(target)
            bound = location.startswith("/") or "://" in location  # each run goes where its own form led
            follow = HttpRequest(
                key=f"{key}, where it leads", method="GET", target=_WHERE if bound else target, route=self._route(target),
                bindings=(Binding(placeholder=_WHERE, source=key, pointer="header Location"),) if bound else (),
            )  # fmt: skip
            yield from self._visit(follow, target, submission.depth)

    def _get(self, target: str) -> HttpRequest:
        return HttpRequest(key=f"page: GET {target}", method="GET", target=target, route=self._route(target))

    def _route(self, target: str, method: str = "GET") -> str:
        path = target.partition("?")[0]
        return route_of(method, path, self.guide.routes) or f"{method} {template_of(path)}"

    def _know(self, route: str) -> Asking:
        if route not in self.known:
            self.known.add(route)
            yield Known(route)
