"""The cookies of one run: kept from answer to request by name and path, as a browser keeps those of one host."""

import re

from paredown.oci.model import Pairs

_LONG_AGO = re.compile(r"[ -](?:19[0-9]{2}|70) ")  # `Thu, 01 Jan 1970 00:00:00 GMT`: how cookies are deleted


class Cookies:
    """A jar. The one thing here that changes; each run has its own."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], str] = {}

    def take(self, target: str, headers: Pairs) -> None:
        """Keep what the answer to a request for `target` sets, lose what it deletes."""
        for name, value in headers:
            if name.lower() == "set-cookie":
                self._set(target, value)

    def header(self, target: str) -> str:
        """What a request for `target` carries; longer paths first (RFC 6265, 5.4)."""
        path = target.partition("?")[0] or "/"
        sent = [(where, name, value) for (name, where), value in self._held.items() if _covers(where, path)]
        return "; ".join(f"{name}={value}" for where, name, value in sorted(sent, key=lambda cookie: -len(cookie[0])))

    def _set(self, target: str, text: str) -> None:
        pair, *rest = text.split(";")
        name, equals, value = pair.strip().partition("=")
        attributes = {key.strip().lower(): word.strip() for key, _, word in (part.partition("=") for part in rest)}
        path = attributes.get("path", "")
        if not path.startswith("/"):
            path = target.partition("?")[0].rpartition("/")[0] or "/"
        if not name or not equals:
            return
        if _is_over(attributes):
            self._held.pop((name, path), None)
        else:
            self._held[name, path] = value.strip()


def _is_over(attributes: dict[str, str]) -> bool:
    age = attributes.get("max-age")
    if age is not None:
        return re.fullmatch(r"0+|-\d+", age) is not None
    return _LONG_AGO.search(attributes.get("expires", "")) is not None


def _covers(where: str, path: str) -> bool:
    return path == where or path.startswith(where if where.endswith("/") else where + "/")
