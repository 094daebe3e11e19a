"""Finds large files that are in the image more than once."""

from collections import defaultdict
from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import size
from paredown.tree import OwnerKind, file_of

_LEAST_EACH, _LEAST = 100_000, 5_000_000  # bytes of one, and of all that could go
_PACKAGES = frozenset({OwnerKind.BASE, OwnerKind.INTERPRETER, OwnerKind.SYSTEM})  # what they bring twice, nobody can mend here
_MODEL = file_of(bytes(6_000_000))


@rule(
    id="duplicate-files-in-image",
    severity=Severity.INFO,
    summary="the same large files lie in several places",
    why="Each copy is stored and unpacked; they come from an environment made twice, from links that COPY followed, or from data that two packages bring.",
    sources=("wagoodman/dive README.md",),
    before=ImageExample(layers=(("COPY . /app", {"app/model.bin": _MODEL}), ("RUN pip install /app", {"opt/venv/lib/model.bin": _MODEL}))),
    after=ImageExample(layers=(("COPY . /app", {"app/model.bin": _MODEL}),)),
)
def duplicate_files_in_image(image: FinishedImage) -> Iterator[Found]:
    same: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    for path, entry in image.files:
        if entry.size >= _LEAST_EACH and entry.owner.kind not in _PACKAGES:
            same[entry.digest, entry.size].setdefault(entry.inode or path, path)  # hard links are one file
    wasted = {(size_each * (len(paths) - 1)): sorted(paths.values()) for (_, size_each), paths in sorted(same.items()) if len(paths) > 1}
    total = sum(size_each * (len(paths) - 1) for (_, size_each), paths in same.items())
    if total >= _LEAST:
        first, second, *_ = wasted[max(wasted)]
        yield Found(
            message=f"{size(total)} are copies of files that are there already: /{first} is /{second}",
            advice="keep one, and link to it",
        )
