"""A request as bytes, in the pieces that it is sent in."""

import re
from urllib.parse import quote

from paredown.probes.exchange.interface import HttpRequest

_PIECES = 4  # of a body that is sent in chunks, or slowly
_URL_SIGNS = "%/:?#[]@!$&'()*+,;=~-._"


def pieces(port: int, request: HttpRequest, cookies: str) -> list[bytes]:
    """The head, and the body in one piece or in several."""
    body = _split(request.body) if request.chunked or request.pause else [request.body]
    if request.chunked:
        body = [*(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in body if piece), b"0\r\n\r\n"]
    if not request.pause:
        return [_head(port, request, cookies) + b"".join(body)]
    return [_head(port, request, cookies), *body]


def _split(body: bytes) -> list[bytes]:
    size = max(1, -(-len(body) // _PIECES))
    return [body[start : start + size] for start in range(0, len(body), size)]


def _head(port: int, request: HttpRequest, cookies: str) -> bytes:
    given = {name.lower() for name, _ in request.headers}
    headers = [] if "host" in given else [("Host", f"localhost:{port}")]
    if "accept-encoding" not in given:
        headers.append(("Accept-Encoding", "gzip, deflate"))
    headers += [(name, value) for name, value in request.headers if name.lower() != "cookie"]
    sent = [*(value for name, value in request.headers if name.lower() == "cookie"), *([cookies] if cookies else [])]
    if sent:
        headers.append(("Cookie", "; ".join(sent)))
    if request.chunked:
        headers.append(("Transfer-Encoding", "chunked"))
    elif "content-length" not in given and "transfer-encoding" not in given and (request.body or request.method in ("POST", "PUT", "PATCH")):
        headers.append(("Content-Length", str(len(request.body))))
    first = f"{_one_line(request.method)} {quote(request.target or '/', safe=_URL_SIGNS)} HTTP/{_one_line(request.version)}"
    lines = [first, *(f"{_one_line(name)}: {_one_line(value)}" for name, value in headers)]
    return "\r\n".join((*lines, "", "")).encode("utf-8", "replace")


def _one_line(text: str) -> str:
    return re.sub(r"[\r\n\0]+", " ", text)
