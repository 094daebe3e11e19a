"""Addresses on pages: which stay with the service, and which had better be followed last."""

import re
from urllib.parse import urljoin, urlsplit

OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104

_LONGEST = 2000
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f]")
_LEAVES = re.compile(r"log[\W_]*(out|off)|sign[\W_]*(out|off)|shut[\W_]*down|quit\b", re.IGNORECASE)
_TAKES_AWAY = re.compile(r"delet|remov|destroy|\bdrop\b|unsubscribe|deactivat|\breset|\brevoke|\bpurge|\bclear\b|wipe", re.IGNORECASE)


def target_of(address: str, page: str, hosts: frozenset[str], base: str = "") -> str:
    """What to ask `hosts` for at the `address` on the page whose target is `page`; "" when it leads elsewhere or to no page at all."""
    try:
        parts = urlsplit(urljoin(urljoin(f"http://localhost{page}", base.strip()), address.strip()))
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or host not in hosts:
        return ""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return "" if len(target) > _LONGEST or _UNSENDABLE.search(target) or not target.startswith("/") else target


def parting(*texts: str) -> int:
    """How late what is described by `texts` should come: 0 as it comes, 1 after that for it takes something away, 2 last for it ends the session."""
    if any(_LEAVES.search(text) for text in texts):
        return 2
    return 1 if any(_TAKES_AWAY.search(text) for text in texts) else 0
