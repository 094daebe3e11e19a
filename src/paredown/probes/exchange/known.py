"""GET and HEAD of every route that the framework lists, for those that no document tells how to ask."""

import re
from collections.abc import Generator
from urllib.parse import quote

from paredown.probes.exchange.holes import filled, holes, plain
from paredown.probes.exchange.interface import Answer, Guide, HttpRequest, Known, Request
from paredown.probes.exchange.sample_texts import text
from paredown.result import Skipped

_MOST = 150
_ENDS = re.compile(r"log[-_]?out|sign[-_]?out|delete|remove|destroy|shut[-_]?down|reset|purge|flush|revoke|log[-_]?in|sign[-_]?in", re.IGNORECASE)
_OF_KIND = {"int": "1", "float": "1.5", "uuid": "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "path": "index.html", "date": "2024-02-29"}


def ask(guide: Guide) -> Generator[Request | Known | Skipped, Answer | None, None]:
    """Each route is told; those that can be read are asked, the ones that end something last."""
    for route in guide.routes:
        yield Known(route)
    paths = [path for method, _, path in (route.partition(" ") for route in guide.routes) if method == "GET"]
    paths = [*(path for path in paths if not _ENDS.search(path)), *(path for path in paths if _ENDS.search(path))]
    for path in paths[:_MOST]:
        target = filled(path, {name: _sample(name, kind) for name, kind in holes(path)})
        for method in ("GET", "HEAD"):
            key = f"{method} {plain(path)}, as listed"
            yield HttpRequest(key=key, method=method, target=target, route=f"GET {plain(path)}" if method == "GET" else "")
    if len(paths) > _MOST:
        yield Skipped(what=f"requests of {len(paths) - _MOST} routes that the framework lists", reason=f"at most {_MOST} are asked")


def _sample(name: str, kind: str) -> str:
    meant = text({}, name)
    if kind == "path" and meant != "text":
        return quote(meant, safe="/")
    return _OF_KIND.get(kind) or ("1" if re.search(r"(?:^|_)(?:id|pk)$|[a-z]Id$", name) else quote(meant, safe="/"))
