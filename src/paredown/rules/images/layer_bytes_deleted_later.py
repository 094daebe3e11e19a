"""Finds files that a later layer deletes or writes anew: they stay in the image, where nobody sees them."""

import re
from collections.abc import Iterator

from paredown.rules.finished_image import Change, FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import counted, size
from paredown.tree import file_of

_LEAST = 1_000_000  # bytes between two layers
_DATABASES = re.compile(
    r"var/lib/(?:dpkg|apt|rpm)/|var/cache/(?:debconf|ldconfig)/|(?:usr/)?lib/apk/db/|etc/ld\.so\.cache"
)  # each installation writes them anew


@rule(
    id="layer-bytes-deleted-later",
    severity=Severity.WARNING,
    summary="a layer brings files that a later one deletes or replaces",
    why="Layers only add: what a later one deletes is hidden, and is downloaded and stored all the same. Only the layer that wrote it can leave it out.",
    sources=("https://docs.docker.com/build/building/best-practices/#apt-get", "https://github.com/opencontainers/image-spec/blob/main/layer.md"),
    before=ImageExample(layers=(("RUN curl -O https://a.example/data.zip", {"data.zip": file_of(bytes(2_000_000))}), ("RUN rm data.zip", {"data.zip": None}))),
    after=ImageExample(layers=(("RUN curl -O https://a.example/data.zip && rm data.zip", {}),)),
)
def layer_bytes_deleted_later(image: FinishedImage) -> Iterator[Found]:
    found: dict[tuple[int, int], list[str]] = {}
    verbs: dict[tuple[int, int], list[str]] = {}
    for change, verb in ((Change.DELETED, "deletes"), (Change.REPLACED, "replaces")):
        for layers, names in image.wasted(change).items():
            found.setdefault(layers, []).extend(name for name in names if not _DATABASES.match(name))
            verbs.setdefault(layers, []).append(verb)
    for (lower, upper), paths in found.items():
        sizes = {path: image.layers[lower].entries[path].size for path in paths}
        if paths and (total := sum(sizes.values())) >= _LEAST:
            largest = f"/{max(paths, key=lambda path: (sizes[path], path))}"
            files = largest if len(paths) == 1 else f"{counted(len(paths), 'file')} such as {largest}"
            yield Found(
                message=f"{size(total)} are wasted: {image.made_by(upper)} {' or '.join(verbs[lower, upper])} {files} that {image.made_by(lower)} brought",
                advice="do both in one RUN, mount what only it needs (`--mount=type=bind`), or copy only the outcome into a last stage",
            )
