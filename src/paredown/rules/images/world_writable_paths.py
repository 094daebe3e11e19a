"""Finds files and folders that every user of the image may change."""

from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import counted, listed
from paredown.tree import Entry, Kind, file_of, folder_of

_PASSING = ("dev/", "proc/", "sys/", "run/", "tmp/", "var/tmp/")  # what lies below is an engine's, or gone tomorrow
_STICKY = 0o1000  # in such a folder only the owner of a file may take it away


@rule(
    id="world-writable-paths",
    severity=Severity.WARNING,
    summary="files or folders that every user may write",
    why="`chmod 777` lets whoever got any foothold replace the service's code. It needs to own only the few folders that it writes to.",
    sources=("https://cwe.mitre.org/data/definitions/732.html",),
    before=ImageExample(layers=(("RUN chmod -R 777 /app", {"app": folder_of(mode=0o777), "app/main.py": file_of(b"", mode=0o777)}),)),
    after=ImageExample(layers=(("COPY . /app", {"app": folder_of(), "app/main.py": file_of(b""), "tmp": folder_of(mode=0o1777)}),)),
)
def world_writable_paths(image: FinishedImage) -> Iterator[Found]:
    found = [path for path, entry in image.tree.items() if _everybodys(entry) and not path.startswith(_PASSING) and not path.endswith(".lock")]
    tops = [path for path in found if path.rpartition("/")[0] not in set(found)]
    if found:
        below = f" ({counted(len(found), 'path')} with what is below)" if len(found) > len(tops) else ""
        yield Found(
            message=f"every user may write {listed([f'/{path}' for path in tops])}{below}",
            advice="leave out the `chmod`, and give its user only the folders that it writes to: `RUN install -d -o 10001 /data`",
        )


def _everybodys(entry: Entry) -> bool:
    match entry.kind:
        case Kind.LINK:
            return False
        case Kind.FOLDER:
            return bool(entry.mode & 0o002) and not entry.mode & _STICKY
        case Kind.FILE:
            return bool(entry.mode & 0o002)
