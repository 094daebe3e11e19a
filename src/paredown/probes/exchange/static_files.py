"""What browsers and proxies ask of files that they already have: is it still that one, a part of it, only its head."""

from collections.abc import Iterator
from dataclasses import dataclass

from paredown.probes.exchange.interface import Binding, HttpAnswer, HttpRequest

_MOST = 10
_LARGE = 200  # bytes; parts of smaller files are not worth a request
_ETAG, _MODIFIED = "paredown-bound-etag", "paredown-bound-modified"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file, by the request that brought it and the answer."""

    request: HttpRequest
    answer: HttpAnswer

    def header(self, name: str) -> str:
        """The value of the header `name`, or ""."""
        return next((value for header, value in self.answer.headers if header.lower() == name), "")


def again(files: list[Fetched]) -> Iterator[HttpRequest]:
    """Requests for some of `files` on the ground of what is known of them."""
    dated = [file for file in files if file.header("etag") or file.header("last-modified")]
    for file in dated[:_MOST]:
        if file.header("etag"):
            yield _again(file, "with its ETag", (("If-None-Match", _ETAG),), Binding(placeholder=_ETAG, source=file.request.key, pointer="header ETag"))
        else:
            yield _if_modified(file)
    large = [file for file in dated or files if len(file.answer.body) >= _LARGE]
    if not large:
        return
    largest = max(large, key=lambda file: (len(file.answer.body), file.request.target))
    if largest.header("etag") and largest.header("last-modified"):
        yield _if_modified(largest)
    for name, value in (("its start", "bytes=0-99"), ("its end", "bytes=-50"), ("what lies beyond it", "bytes=9999999999-")):
        yield _again(largest, f"only {name}", (("Range", value), ("Accept-Encoding", "identity")))
    request = largest.request
    yield HttpRequest(key=f"file: HEAD {request.target}", method="HEAD", target=request.target, route=request.route)


def _if_modified(file: Fetched) -> HttpRequest:
    binding = Binding(placeholder=_MODIFIED, source=file.request.key, pointer="header Last-Modified")
    return _again(file, "if modified", (("If-Modified-Since", _MODIFIED),), binding)


def _again(file: Fetched, how: str, headers: tuple[tuple[str, str], ...], *bindings: Binding) -> HttpRequest:
    request = file.request
    return HttpRequest(key=f"file: GET {request.target}, {how}", method="GET", target=request.target, headers=headers, bindings=bindings, route=request.route)
