"""Request files (`.http`, `.rest`) as the editors have them: VS Code's REST Client and JetBrains' HTTP client."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paredown.probes.exchange.interface import HttpRequest, Request, Until, WebSocketTalk
from paredown.probes.exchange.request_variables import Filling, Reading, Variables, pointer_of

_METHODS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|TRACE|CONNECT|PROPFIND|PROPPATCH|MKCOL|COPY|MOVE|LOCK|UNLOCK|REPORT|SEARCH|QUERY"
_REQUEST_LINE = re.compile(rf"(?:(?P<method>{_METHODS}|WEBSOCKET|GRAPHQL|GRPC|RSOCKET)\s+)?(?P<address>\S.*?)(?:\s+HTTP/(?P<version>[\d.]+))?\s*")
_NAMED = re.compile(r"\s*(?:#|//)\s*@name\s*[= ]\s*(?P<name>[\w.-]+)\s*")
_ASKS = re.compile(r"\s*(?:#|//)\s*@prompt\b.*")
_UNTIL = re.compile(r"\s*(?:#|//)\s*@until\b\s*(?P<what>.*?)\s*")
_BECOMES = re.compile(r"\$(?P<path>\S+)\s*==\s*(?P<values>\S.*)")
_COMMENT = re.compile(r"\s*(?:#|//).*")
_VARIABLE = re.compile(r"\s*@(?P<name>[\w.-]+)\s*=\s*(?P<value>.*?)\s*")
_HEADER = re.compile(r"(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(?P<value>.*?)\s*")
_INCLUDE = re.compile(r"<(?P<filled>@\S*)?\s+(?P<path>\S.*?)\s*")
_ADDRESS = re.compile(r"(?:(?:https?|wss?)://[^/?#]*|\{\{[^{}]*\}\}(?=[/?]|$)|[\w.-]+(?::\d+)?(?=[/?]|$))?(?P<target>[/?].*|)", re.IGNORECASE)
_KEEPS_ANSWER = re.compile(r">\s+\S+\.js\s*$|>>!?\s*\S+\s*$|<>\s*\S+\s*$")
_REFERENCE = re.compile(r"\{\{\s*(?P<name>[^{}]*?)\s*\}\}")
_MOST_STEPS = 20  # of a variable that names another
_LARGEST_FILE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


def read(reading: Reading, text: str, project: str) -> Iterator[Request]:
    """The requests in `text`. Files are read from `project` and nowhere else."""
    lines = [_Line(number, line) for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1)]
    variables = Variables(reading)
    for line in lines:
        if found := _VARIABLE.fullmatch(line.text):
            variables.define(found.group("name"), found.group("value"))
    for name, block in _blocks(lines):
        yield from _request(reading, variables, name, block, project)


def _blocks(lines: list[_Line]) -> Iterator[tuple[str, list[_Line]]]:
    """The lines of each request, and the name that stands beside its separator."""
    name, block = "", list[_Line]()
    for line in lines:
        if line.text.startswith("###"):
            yield name, block
            name, block = line.text.lstrip("#").strip(), []
        else:
            block.append(line)
    yield name, block


def _request(reading: Reading, variables: Variables, name: str, block: list[_Line], project: str) -> Iterator[Request]:
    rest, handlers = _without_scripts(block)
    until: Until | None = None
    while rest and (not rest[0].text.strip() or _COMMENT.fullmatch(rest[0].text) or _VARIABLE.fullmatch(rest[0].text)):
        if found := _NAMED.fullmatch(rest[0].text):
            name = found.group("name")
        if found := _UNTIL.fullmatch(rest[0].text):
            until = _until(reading, found.group("what"), rest[0].number)
        if _ASKS.fullmatch(rest[0].text):
            raise reading.wrong("asks for a value while it runs", rest[0].number, fix="write the value as a variable: `@name = value`")
        rest.pop(0)
    if not rest:
        return
    line = rest[0]
    method, address = _request_line(reading, rest)
    headers = _headers(reading, rest)
    pieces = _pieces(reading, rest, project)
    unfilled = _target(variables, address, line.number)
    filling = Filling(variables, line.number)
    target = filling.text(unfilled)
    sent = tuple((header, filling.text(value)) for header, value in headers if header.lower() not in ("host", "content-length"))
    key = f"{reading.name}:{line.number}, {method} {unfilled}"
    if method == "WEBSOCKET" or re.match(r"wss?://", address):
        messages = tuple(_messages(b"".join(filling.filled(piece) for piece in pieces).decode("utf-8", "replace")))
        yield WebSocketTalk(key=key, target=target, messages=messages, headers=sent, bindings=filling.bindings)
        return
    body = b"".join(filling.filled(piece) for piece in pieces)
    if any(header.lower() == "content-type" and "urlencoded" in value for header, value in sent):
        body = re.sub(rb"[\r\n]+", b"", body)
    yield HttpRequest(key=key, method=method, target=target, headers=sent, body=body, bindings=filling.bindings, until=until)
    variables.sent(name, key)
    for handler in handlers:
        variables.handled(key, handler)


def _until(reading: Reading, what: str, number: int) -> Until:
    """What stands in `# @until $.state == done | failed`: paredown's own, and a comment to editors."""
    found = _BECOMES.fullmatch(what)
    pointer = pointer_of(found.group("path")) if found else None
    if found is None or pointer is None:
        raise reading.wrong("what to wait for is not said", number, fix="write it as `# @until $.state == done | failed`")
    return Until(pointer, tuple(value.strip() for value in found.group("values").split("|")))


def _request_line(reading: Reading, rest: list[_Line]) -> tuple[str, str]:
    """Method and address at the front of `rest`, which loses their lines: an address may go on in indented ones."""
    line = rest.pop(0)
    text = line.text.strip()
    while rest and rest[0].text[:1] in (" ", "\t") and rest[0].text.strip() and not _COMMENT.fullmatch(rest[0].text):
        text += rest.pop(0).text.strip()
    found = _REQUEST_LINE.fullmatch(text)
    if found is None or text.split()[0] == "curl" or " " in _REFERENCE.sub("", found.group("address")):
        raise reading.wrong(f"`{text[:60]}` is not a request line", line.number, fix="write it as `METHOD /path`")
    method = found.group("method") or "GET"
    if method in ("GRPC", "RSOCKET", "GRAPHQL"):
        raise reading.wrong(f"a {method} request cannot be made", line.number, fix="leave it out, or write it as the HTTP request it makes")
    return method, found.group("address")


def _without_scripts(block: list[_Line]) -> tuple[list[_Line], list[str]]:
    """The lines that make the request, and the scripts that would run after it; where answers should be kept is left out too."""
    kept, scripts, script = list[_Line](), list[str](), list[str]()
    inside = before = False
    for line in block:
        start = re.match(r"\s*(?P<mark>[<>])\s*\{%", line.text)
        if inside or start:
            before = start.group("mark") == "<" if start and not inside else before
            inside = "%}" not in line.text
            script.append(line.text)
            if not inside:
                scripts.extend([] if before else ["\n".join(script)])
                script = []
        elif not _KEEPS_ANSWER.match(line.text):
            kept.append(line)
    return kept, scripts


def _headers(reading: Reading, rest: list[_Line]) -> list[tuple[str, str]]:
    """The headers at the front of `rest`, which loses them and the empty line after them."""
    headers = []
    while rest:
        line = rest.pop(0)
        if not line.text.strip():
            break
        if _COMMENT.fullmatch(line.text):
            continue
        found = _HEADER.fullmatch(line.text)
        if found is None:
            raise reading.wrong(f"`{line.text.strip()[:60]}` is not a header", line.number, fix="write `Name: value`, and an empty line before the body")
        headers.append((found.group("name"), found.group("value")))
    return headers


def _target(variables: Variables, address: str, number: int) -> str:
    """Path and query of `address`: wherever it points, the image's service is asked. A variable at its front may hold the first part of the path."""
    for _ in range(_MOST_STEPS):
        front = _REFERENCE.match(address)
        if front is None or front.group("name") not in variables.defined:
            break
        address = variables.defined[front.group("name")].rstrip("/" if address[front.end() :].startswith("/") else "") + address[front.end() :]
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise variables.reading.wrong(f"`{address[:60]}` is not an address", number, fix="write it as `/path` or `http://localhost:8000/path`")
    target = found.group("target").partition("#")[0]
    return target if target.startswith("/") else "/" + target


def _pieces(reading: Reading, rest: list[_Line], project: str) -> list[str | bytes]:
    """The body: text as it stands, and the files it includes; those whose variables are filled come as text."""
    while rest and not rest[-1].text.strip():
        rest.pop()
    pieces: list[str | bytes] = []
    for place, line in enumerate(rest):
        end = "" if place == len(rest) - 1 else "\n"
        if found := _INCLUDE.fullmatch(line.text):
            data = _included(reading, found.group("path"), line.number, project)
            pieces += [data.decode("utf-8", "replace") if found.group("filled") else data, end]
        else:
            pieces.append(line.text + end)
    if any(isinstance(piece, str) and piece.startswith("--") for piece in pieces[:1]):  # parts of a form end their lines as headers do
        pieces = [piece.replace("\n", "\r\n") if isinstance(piece, str) else piece for piece in pieces]
    return pieces


def _included(reading: Reading, path: str, number: int, project: str) -> bytes:
    root = Path(project).resolve()
    wanted = (root / Path(reading.name).parent / path).resolve()
    if not project or not wanted.is_relative_to(root):
        raise reading.wrong(f"{path} lies outside the project", number, fix="copy the file into the project")
    try:
        if wanted.stat().st_size > _LARGEST_FILE:
            raise reading.wrong(f"{path} is larger than {_LARGEST_FILE} bytes", number, fix="send a smaller file")
        return wanted.read_bytes()
    except OSError as error:
        raise reading.wrong(f"{path} cannot be read: {error.strerror}", number, fix="the path is relative to the request file") from None


def _messages(body: str) -> Iterator[str]:
    """What is said over a WebSocket, with `===` between; waiting is done anyway."""
    for message in re.split(r"^===.*$\n?", body, flags=re.MULTILINE):
        if message.strip():
            yield message.strip("\n")
