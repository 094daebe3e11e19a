"""Finds files whose owner's number is beyond what user namespaces map."""

from collections.abc import Iterator
from dataclasses import replace

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import counted
from paredown.tree import file_of

_MAPPED = 65_535  # the most that rootless engines and user namespaces map, unless set up by hand
_NOBODYS = (65_534, 65_535)


@rule(
    id="high-user-ids",
    severity=Severity.WARNING,
    summary="files belong to user or group numbers above 65535",
    why="Rootless engines map 65536 numbers: such a layer cannot be unpacked there (`lchown: invalid argument`), and the image does not start.",
    sources=("containerbase/base#123", "https://docs.docker.com/engine/security/rootless/"),
    before=ImageExample(layers=(("COPY --chown=1234567 . /app", {"app/main.py": replace(file_of(b""), uid=1_234_567)}),)),
    after=ImageExample(layers=(("COPY --chown=10001 . /app", {"app/main.py": replace(file_of(b""), uid=10_001)}),)),
)
def high_user_ids(image: FinishedImage) -> Iterator[Found]:
    for number in range(len(image.layers)):
        found = sorted((path, max(entry.uid, entry.gid)) for path, entry in image.layers[number].entries.items() if max(entry.uid, entry.gid) > _MAPPED)
        if found:
            path, owner = found[0]
            yield Found(
                message=f"{image.made_by(number)} brings {counted(len(found), 'path')} of user or group numbers above {_MAPPED}, /{path} of {owner}",
                advice="give them to a number up to 65535 where they come in, with `COPY --chown` or `tar --no-same-owner`",
            )
