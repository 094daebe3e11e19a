"""Sample texts by a schema's format, pattern and length, and by what a name seems to ask for."""

import re
from collections.abc import Mapping
from typing import Any

from paredown.probes.exchange import pattern

_FORMATS = {
    "date-time": "2024-02-29T12:30:00Z", "date": "2024-02-29", "time": "12:30:00Z", "duration": "P1DT2H", "email": "person@example.com",
    "idn-email": "person@example.com", "hostname": "example.com", "idn-hostname": "example.com", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
    "ipvanyaddress": "192.0.2.1", "ipvanynetwork": "192.0.2.0/24", "ipvanyinterface": "192.0.2.1/24", "ip": "192.0.2.1",
    "uri": "https://example.com/", "url": "https://example.com/", "iri": "https://example.com/", "uri-reference": "/",
    "uuid": "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
    "uuid1": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "uuid3": "6ba7b810-9dad-31d1-80b4-00c04fd430c8", "uuid4": "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
    "uuid5": "6ba7b810-9dad-51d1-80b4-00c04fd430c8", "byte": "cGxhaW4=", "base64": "cGxhaW4=", "base64url": "cGxhaW4=", "password": "Secret-12345",
    "regex": "^a+$", "json-pointer": "/a", "json-string": "{}", "decimal": "1.5", "color": "#336699", "ulid": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "timezone": "Europe/Berlin", "time-zone": "Europe/Berlin", "slug": "a-name", "phone": "+4930123456",
}  # fmt: skip

# By the last word of the name.
_NAMES = {
    "zone": "Europe/Berlin", "tz": "Europe/Berlin", "timezone": "Europe/Berlin", "email": "person@example.com", "mail": "person@example.com",
    "url": "https://example.com/", "uri": "https://example.com/", "link": "https://example.com/", "password": "Secret-12345", "currency": "EUR",
    "country": "DE", "language": "en", "lang": "en", "locale": "en_US", "date": "2024-02-29", "day": "2024-02-29", "timestamp": "2024-02-29T12:30:00Z",
    "datetime": "2024-02-29T12:30:00Z", "at": "2024-02-29T12:30:00Z", "since": "2024-02-01", "until": "2024-02-29",
    "uuid": _FORMATS["uuid"], "guid": _FORMATS["uuid"],
    "phone": "+4930123456", "ip": "192.0.2.1", "host": "example.com", "hostname": "example.com", "color": "#336699", "colour": "#336699",
    "filename": "text.txt", "slug": "a-name", "username": "person", "user": "person", "city": "Berlin", "price": "1.50", "amount": "1.50",
    "number": "1", "count": "1", "page": "1", "limit": "10", "mimetype": "text/plain", "encoding": "utf-8", "codec": "utf-8",
    "charset": "utf-8", "version": "1.0", "symbol": "A",
}  # fmt: skip
_LONGEST = 20_000


def text(schema: Mapping[str, Any], name: str, variant: int = 0) -> str:
    """A text valid by `schema`, another for each `variant` where the schema leaves a choice."""
    least, most = _length(schema.get("minLength"), 0), _length(schema.get("maxLength"), _LONGEST)
    expression, kind = schema.get("pattern"), schema.get("format")
    if isinstance(expression, str) and (found := pattern.matching(expression, least)) is not None:
        return found
    if isinstance(kind, str) and kind in _FORMATS:
        return _varied(_FORMATS[kind], variant) if variant else _FORMATS[kind]
    found = _NAMES.get(_last_word(name), "text")
    if not least <= len(found) <= most:
        found = "text"
    found += str(variant) if variant else ""
    return found.ljust(least, "x")[:most]


def _length(value: Any, otherwise: int) -> int:
    return min(value, _LONGEST) if isinstance(value, int) and value >= 0 else otherwise


def _varied(sample: str, variant: int) -> str:
    """`sample` with its last digit, or else its first letter, another one."""
    digits = [place for place, sign in enumerate(sample) if sign.isdigit()]
    if digits:
        place = digits[-1]
        return sample[:place] + str((int(sample[place]) + variant) % 10) + sample[place + 1 :]
    return chr(ord("a") + variant % 26) + sample[1:]


def _last_word(name: str) -> str:
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)
    return words[-1].lower() if words else ""
