"""JSON documents in files, folders and zip archives, read member by member: what they hold may be large, and is not trusted."""

import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

from paredown.errors import UserError

Document = tuple[str, Callable[[], AbstractContextManager[IO[bytes]]]]  # its name and how it is opened

_PIECE = 1 << 20  # characters read at a time
_LARGEST_MEMBER = 64 << 20  # characters of one member; Debian's list of the kernel's issues has twenty million
_LARGEST_ARCHIVE = 8 << 30  # bytes of all documents of an archive, unpacked
_SOLID = re.compile(r"[^ \t\r\n]")
_FIX = "name a .json file, a folder of such or a .zip of such, as https://osv.dev and https://security-tracker.debian.org publish them"


def documents(path: Path) -> Iterator[Document]:
    """Each document at `path`, in the order of their names. UserError when there is nothing that can be read."""
    if path.is_dir():
        for folder, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(names):
                inner = Path(folder, name)
                if name.endswith((".json", ".zip")) and inner.is_file():
                    yield from _archived(inner) if name.endswith(".zip") else [_plain(inner)]
    elif path.is_file():
        yield from _archived(path) if _is_archive(path) else [_plain(path)]
    else:
        raise UserError(f"{path} is {'neither a file nor a folder' if path.exists() else 'not there'}", where=str(path), fix=_FIX)


def members(stream: IO[str]) -> Iterator[tuple[str, Any]]:
    """Keys and values of the JSON object in `stream`, one after the other. ValueError when it is none, RecursionError when it is too deep."""
    text = stream.read(_PIECE)
    if len(text) == _PIECE:
        yield from _Object(stream, text).members()
        return
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")
    yield from value.items()


def _is_archive(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(4) == b"PK\x03\x04" or path.suffix == ".zip"
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", where=str(path), fix=_FIX) from error


def _plain(path: Path) -> Document:
    return str(path), lambda: path.open("rb")


def _archived(path: Path) -> Iterator[Document]:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [info for info in archive.infolist() if info.filename.endswith(".json")]
            # More than this is never unpacked of a member, whatever its bytes say.
            size = sum(info.file_size for info in inside)
            if size > _LARGEST_ARCHIVE:
                most = f"at most {_LARGEST_ARCHIVE / 1e9:.1f} GB are read"
                raise UserError(f"{path} would unpack to {size / 1e9:.1f} GB; {most}", where=str(path), fix="name a smaller archive")
            for info in sorted(inside, key=lambda info: info.filename):
                yield f"{path}:{info.filename}", lambda info=info: archive.open(info)  # type: ignore[misc]
    except (zipfile.BadZipFile, OSError) as error:
        raise UserError(f"{path} is not a zip archive that can be read: {error}", where=str(path), fix="download it again") from error


class _Object:
    """A JSON object of which one member at a time is held, and of the text no more than that needs."""

    def __init__(self, stream: IO[str], text: str) -> None:
        self._stream, self._text, self._at = stream, text, 0
        self._decode = json.JSONDecoder().raw_decode

    def members(self) -> Iterator[tuple[str, Any]]:
        self._expect("{")
        sign = self._peek()
        while sign != "}":
            key = self._value()
            if not isinstance(key, str):
                raise ValueError(f"{json.dumps(key)[:40]} stands where a key should")
            self._expect(":")
            yield key, self._value()
            sign = self._peek()
            if sign == ",":
                self._expect(",")
                if self._peek() == "}":
                    raise ValueError("a comma stands before the end")
            elif sign != "}":
                raise ValueError(f"{sign!r} stands where a comma should")

    def _peek(self) -> str:
        """The next character that is no space, which stays."""
        while (found := _SOLID.search(self._text, self._at)) is None:
            self._at = len(self._text)
            if not self._more():
                raise ValueError("it ends too early")
        self._at = found.start()
        return found[0]

    def _expect(self, sign: str) -> None:
        if (found := self._peek()) != sign:
            raise ValueError(f"{found!r} stands where {sign!r} should")
        self._at += 1

    def _value(self) -> Any:
        self._peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise
                continue
            if end == len(self._text) and self._more():
                continue  # what looks like the end of a number may not be it
            self._at = end
            return value

    def _more(self) -> bool:
        """Twice as much of what is not yet read."""
        rest = self._text[self._at :]
        if len(rest) > _LARGEST_MEMBER:
            raise ValueError(f"a member is longer than {_LARGEST_MEMBER / 1e6:.0f} million characters")
        piece = self._stream.read(max(_PIECE, len(rest)))
        self._text, self._at = rest + piece, 0
        return bool(piece)
