"""A form of a page filled in as a person would, and with nothing, as the body or query a browser sends."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from paredown.probes.exchange.html_page import Field, Form
from paredown.probes.exchange.interface import Binding

MULTIPART = "multipart/form-data"
_BORDER = "paredown-9f1c2a7d5b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What goes on the wire: the media type with its parameters, the bytes, and what each run puts in of its own page."""

    media_type: str
    body: bytes
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    media_type: str
    data: bytes


def filled(form: Form, page: str, *, empty: bool = False) -> Filled:
    """`form` of the page that the request of key `page` brought. Hidden fields stay what each run's own page has; when `empty`, all others are."""
    hidden = [field for field in form.fields if field.kind == "hidden" and field.value]
    bindings = tuple(Binding(placeholder=f"paredown-bound-{number}-", source=page, pointer=f"field {field.name}") for number, field in enumerate(hidden))
    bound = {binding.pointer.removeprefix("field "): binding.placeholder for binding in bindings}
    values = [(field.name, bound.get(field.name, "") if field.kind == "hidden" else value) for field, value in _values(form, empty=empty)]
    if form.encoding == MULTIPART:
        return Filled(media_type=f"{MULTIPART}; boundary={_BORDER}", body=_multipart(values), bindings=bindings)
    pairs = [(name, value.name if isinstance(value, _File) else value) for name, value in values]
    if form.encoding == "text/plain":
        return Filled(media_type="text/plain", body="".join(f"{name}={value}\r\n" for name, value in pairs).encode(), bindings=bindings)
    return Filled(media_type="application/x-www-form-urlencoded", body=urlencode(pairs).encode(), bindings=bindings)


def query_of(form: Form) -> str:
    """The query of a GET form as the page fills it in; a field to search with gets a word."""
    pairs = [(field.name, value) for field, value in _values(form, empty=False) if isinstance(value, str)]
    return urlencode(pairs, quote_via=quote)


def _values(form: Form, *, empty: bool) -> Iterator[tuple[Field, str | _File]]:
    chosen: set[str] = set()  # of radio buttons one counts
    for field in form.fields:
        if field.kind == "hidden" or field.kind == "submit":
            yield field, field.value
        elif field.kind in ("checkbox", "radio"):
            ours = field.kind == "checkbox" or field.name not in chosen
            chosen.add(field.name)
            if ours and not empty:
                yield field, field.value
        elif field.kind == "file":
            yield field, _File("", "application/octet-stream", b"") if empty else _file(field.accept)
        else:
            yield field, "" if empty else _value(field)


def _value(field: Field) -> str:
    if field.value:
        return field.value
    name = field.name.lower()
    match field.kind:
        case "select":
            return field.value
        case "number" | "range":
            return field.least or (field.most if field.most.lstrip("-").isdecimal() and int(field.most) < 1 else "1")
        case "email":
            return "someone@example.com"
        case "url":
            return "https://example.com/"
        case "tel":
            return "+441632960001"
        case "date":
            return field.least or "2024-02-29"
        case "datetime-local":
            return field.least or "2024-02-29T12:30"
        case "time":
            return field.least or "12:30"
        case "month":
            return field.least or "2024-02"
        case "week":
            return field.least or "2024-W09"
        case "color":
            return "#336699"
        case "password":
            value = "Correct-horse-42"
        case "textarea":
            value = "A text of two lines,\r\nwith an é in it."
        case _ if "mail" in name:
            value = "someone@example.com"
        case _ if any(word in name for word in ("count", "amount", "number", "quantity", "age", "price")):
            value = "1"
        case _ if "date" in name:
            value = "2024-02-29"
        case _ if "url" in name or "link" in name:
            value = "https://example.com/"
        case _:
            value = "example"
    return value[: field.longest] if field.longest else value


def _file(accept: str) -> _File:
    kinds = accept.lower()
    if "image" in kinds or ".png" in kinds:
        return _File("dot.png", "image/png", _PICTURE)
    if "json" in kinds:
        return _File("example.json", "application/json", b'{"name": "example", "number": 1}\n')
    if "csv" in kinds:
        return _File("example.csv", "text/csv", b"name,number\r\nexample,1\r\n")
    return _File("example.txt", "text/plain", "A small file, with an é in it.\n".encode())


def _multipart(values: list[tuple[str, "str | _File"]]) -> bytes:
    parts = []
    for name, value in values:
        head = f'--{_BORDER}\r\nContent-Disposition: form-data; name="{quote(name, safe="[]-_. ")}"'
        if isinstance(value, _File):
            parts.append(f'{head}; filename="{value.name}"\r\nContent-Type: {value.media_type}\r\n\r\n'.encode() + value.data + b"\r\n")
        else:
            parts.append(f"{head}\r\n\r\n{value}\r\n".encode())
    return b"".join(parts) + f"--{_BORDER}--\r\n".encode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


# Sixteen by sixteen pixels of one colour: what reads pictures must have its decoders.
_ROWS = (b"\x00" + b"\x33\x66\x99" * 16) * 16
_HEADER = (16).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
_PICTURE = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", _HEADER) + _chunk(b"IDAT", zlib.compress(_ROWS, 9)) + _chunk(b"IEND", b"")
