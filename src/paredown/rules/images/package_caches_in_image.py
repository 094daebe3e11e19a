"""Finds what package managers downloaded and keep for a next time that an image does not have."""

import re
from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed, size
from paredown.tree import file_of

_LEAST = 100_000  # bytes; below it is an empty index or two
_CACHES = (
    ("apt's package lists", re.compile(r"var/lib/apt/lists/(?!lock$).+"), "`rm -rf /var/lib/apt/lists/*` in the RUN that installs"),
    ("apt's cache", re.compile(r"var/cache/apt/.+"), "`apt-get clean` in the RUN that installs"),
    ("apk's cache", re.compile(r"(?:var/cache/apk|etc/apk/cache|lib/apk/cache)/.+"), "`apk add --no-cache`"),
    ("dnf's cache", re.compile(r"var/cache/(?:dnf|yum|libdnf5)/.+"), "`dnf clean all` in the RUN that installs"),
    ("pip's cache", re.compile(r"(?:.*/)?\.cache/pip/.+"), "`pip install --no-cache-dir`, or a cache mount"),
    ("uv's cache", re.compile(r"(?:.*/)?\.cache/uv/.+"), "`RUN --mount=type=cache,target=/root/.cache/uv`, or `uv sync --no-cache`"),
    ("Poetry's cache", re.compile(r"(?:.*/)?\.cache/pypoetry/.+"), "`POETRY_NO_CACHE=1`, or a cache mount"),
    ("pipenv's cache", re.compile(r"(?:.*/)?\.cache/(?:pipenv|pip-tools|pdm)/.+"), "a cache mount"),
    ("npm's cache", re.compile(r"(?:root|home/[^/]+)/\.npm/_cacache/.+"), "a cache mount"),
    ("conda's packages", re.compile(r"opt/(?:mini|ana|micro)?(?:conda|mamba|forge)[^/]*/pkgs/.+"), "`conda clean --all --yes` in the RUN that installs"),
)


@rule(
    id="package-caches-in-image",
    severity=Severity.WARNING,
    summary="package managers' caches are shipped",
    why="Indexes and downloaded archives serve the next installation; a finished image has none. Each pull carries them.",
    sources=("https://docs.docker.com/build/building/best-practices/#apt-get", "goodwithtech/dockle CHECKPOINT.md DKL-DI-0005", "astral-sh/uv#16180"),
    same_as=("dockle DKL-DI-0004", "dockle DKL-DI-0005", "hadolint DL3009", "hadolint DL3019", "hadolint DL3042"),
    before=ImageExample(layers=(("RUN pip install flask", {"root/.cache/pip/http-v2/a": file_of(bytes(120_000))}),)),
    after=ImageExample(layers=(("RUN pip install --no-cache-dir flask", {}),)),
)
def package_caches_in_image(image: FinishedImage) -> Iterator[Found]:
    held = {name: 0 for name, _, _ in _CACHES}
    for path, entry in image.files:
        if "cache" in path or "lists/" in path or "/pkgs/" in path:
            name = next((name for name, pattern, _ in _CACHES if pattern.fullmatch(path)), None)
            if name:
                held[name] += entry.size
    large = {name: total for name, total in held.items() if total >= _LEAST}
    if large:
        told = listed([f"{name} ({size(total)})" for name, total in sorted(large.items(), key=lambda item: -item[1])], len(large))
        yield Found(message=f"the image holds {told}", advice="; ".join(advice for name, _, advice in _CACHES if name in large))
