"""What an HTML page leads to: the addresses it names, and its forms with their fields."""

from dataclasses import dataclass
from html.parser import HTMLParser

_MOST_TEXT = 2 * 1024 * 1024
_MOST_LINKS = 2000
_MOST_FIELDS = 200

_ADDRESSES = {
    "a": "href", "area": "href", "link": "href", "script": "src", "img": "src", "iframe": "src", "frame": "src", "source": "src",
    "video": "src", "audio": "src", "track": "src", "embed": "src", "object": "data",
}  # fmt: skip
_PAGES = frozenset({"a", "area", "iframe", "frame"})
_RELATIONS = frozenset({"stylesheet", "icon", "manifest", "apple-touch-icon", "preload", "modulepreload", "alternate", "next", "prev"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address as the page has it; `embedded` when the page needs it to be shown."""

    address: str
    embedded: bool
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form. `kind` is the type of an input, or textarea or select; `value` is what it holds, for a select what is chosen."""

    name: str
    kind: str
    value: str = ""
    least: str = ""
    most: str = ""
    longest: int = 0
    accept: str = ""
    checked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form; `text` is all that is written on its buttons."""

    action: str
    method: str
    encoding: str
    fields: tuple[Field, ...]
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page holds; addresses are relative to `base`, where that is not empty."""

    base: str
    links: tuple[Link, ...]
    forms: tuple[Form, ...]


def read_page(text: str) -> Page:
    """The page in `text`, however broken; only so much of it is read."""
    reader = _Reader()
    reader.feed(text[:_MOST_TEXT])
    reader.close()
    reader.end_form()
    return Page(base=reader.base, links=tuple(reader.links[:_MOST_LINKS]), forms=tuple(reader.forms))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.base = ""
        self.links: list[Link] = []
        self.forms: list[Form] = []
        self._form: dict[str, str] | None = None
        self._fields: list[Field] = []
        self._words: list[str] = []
        self._anchor: tuple[str, list[str]] | None = None
        self._textarea: tuple[str, list[str]] | None = None
        self._select: tuple[str, list[tuple[str, bool]]] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in reversed(attributes)}
        if tag == "base":
            self.base = self.base or of.get("href", "")
        elif tag == "a":
            self._end_anchor()
            if "href" in of:
                self._anchor = (of["href"], [of.get("rel", ""), of.get("id", "")])
        elif tag == "form":
            self.end_form()
            self._form = of
        elif self._form is not None and tag in ("input", "button", "textarea", "select", "option"):
            self._take_field(tag, of)
        if tag in _ADDRESSES and tag != "a":
            self._take_address(tag, of)
        for source in of.get("srcset", "").split(",") if tag in ("img", "source") else ():
            if source.split():
                self.links.append(Link(address=source.split()[0], embedded=True))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_anchor()
        elif tag == "form":
            self.end_form()
        elif tag == "textarea" and self._textarea is not None:
            name, parts = self._textarea
            self._add(Field(name=name, kind="textarea", value="".join(parts).removeprefix("\n")))
            self._textarea = None
        elif tag == "select":
            self._end_select()

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea[1].append(data)
        if self._anchor is not None:
            self._anchor[1].append(data)
        if self._form is not None and data.strip():
            self._words.append(data.strip())

    def end_form(self) -> None:
        """What the open form held is a form, if one is open."""
        self._end_select()
        if self._form is not None:
            method = self._form.get("method", "").upper()
            encoding = self._form.get("enctype", "").lower() or "application/x-www-form-urlencoded"
            self.forms.append(
                Form(
                    action=self._form.get("action", ""), method="POST" if method == "POST" else "GET" if method in ("", "GET") else method,
                    encoding=encoding, fields=tuple(self._fields), text=" ".join(self._words)[:_MOST_FIELDS],
                )
            )  # fmt: skip
        self._form, self._fields, self._words = None, [], []

    def _take_address(self, tag: str, of: dict[str, str]) -> None:
        address = of.get(_ADDRESSES[tag], "")
        wanted = tag != "link" or _RELATIONS & set(of.get("rel", "").lower().split())
        if address and wanted:
            self.links.append(Link(address=address, embedded=tag not in _PAGES, text=of.get("alt", "")))

    def _end_anchor(self) -> None:
        if self._anchor is not None:
            address, words = self._anchor
            self.links.append(Link(address=address, embedded=False, text=" ".join(words)[:200]))
            self._anchor = None

    def _take_field(self, tag: str, of: dict[str, str]) -> None:
        name, kind = of.get("name", ""), of.get("type", "text" if tag == "input" else "submit").lower()
        if tag == "option":
            if self._select is not None and "disabled" not in of:
                self._select[1].append((of.get("value", ""), "selected" in of))
        elif "disabled" in of:
            return
        elif tag == "textarea":
            self._textarea = (name, [])
        elif tag == "select":
            self._end_select()
            self._select = (name, [])
        elif kind in ("submit", "image", "button", "reset"):
            self._words.append(f"{name} {of.get('value', '')}".strip())
            if kind == "submit" and name and not any(field.kind == "submit" for field in self._fields):
                self._add(Field(name=name, kind=kind, value=of.get("value", "")))
        else:
            longest = of.get("maxlength", "")
            self._add(
                Field(
                    name=name, kind=kind, value=of.get("value", "on" if kind in ("checkbox", "radio") else ""), least=of.get("min", ""), most=of.get("max", ""),
                    longest=int(longest) if longest.isdecimal() and len(longest) < 8 else 0, accept=of.get("accept", ""), checked="checked" in of,
                )
            )  # fmt: skip

    def _end_select(self) -> None:
        if self._select is not None:
            name, options = self._select
            chosen = [value for value, selected in options if selected and value] or [value for value, _ in options if value] or [""]
            self._add(Field(name=name, kind="select", value=chosen[0]))
            self._select = None

    def _add(self, field: Field) -> None:
        if field.name and len(self._fields) < _MOST_FIELDS:
            self._fields.append(field)
