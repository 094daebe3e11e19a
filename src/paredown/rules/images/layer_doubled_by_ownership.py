"""Finds layers that hold files a second time, only for another owner or other permissions."""

from collections.abc import Iterator
from dataclasses import replace

from paredown.rules.finished_image import Change, FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import counted, size
from paredown.tree import file_of

_LEAST = 100_000  # bytes
_FILE = file_of(bytes(300_000))


@rule(
    id="layer-doubled-by-ownership",
    severity=Severity.WARNING,
    summary="a layer repeats whole files to change their owner or mode",
    why="Layers hold whole files: `chown -R` or `chmod -R` on what an earlier layer brought stores and ships all of it a second time.",
    sources=("rhesis-ai/rhesis#344", "DataDog/dd-trace-py#10039", "topoteretes/cognee#3753"),
    before=ImageExample(layers=(("COPY . /app", {"app/model.bin": _FILE}), ("RUN chown -R app /app", {"app/model.bin": replace(_FILE, uid=1000)}))),
    after=ImageExample(layers=(("COPY --chown=1000 . /app", {"app/model.bin": replace(_FILE, uid=1000)}),)),
)
def layer_doubled_by_ownership(image: FinishedImage) -> Iterator[Found]:
    for (lower, upper), paths in image.wasted(Change.REPEATED).items():
        total = sum(image.layers[lower].entries[path].size for path in paths)
        if total >= _LEAST:
            yield Found(
                message=f"{image.made_by(upper)} stores {size(total)} a second time: {counted(len(paths), 'file')} that {image.made_by(lower)} brought",
                advice="set owner and mode where the files come in, `COPY --chown=10001 --chmod=...`, or at the end of the RUN that makes them",
            )
