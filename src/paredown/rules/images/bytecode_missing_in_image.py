"""Finds Python whose modules are not compiled, so that each start compiles them."""

from collections import Counter
from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import size
from paredown.tree import file_of

_LEAST = 20  # modules; fewer cost nothing
_SITE = ("/site-packages/", "/dist-packages/")
_SOURCE = file_of(b"x = 1\n")
_SOURCES = {f"opt/venv/lib/python3.13/site-packages/flask/m{number}.py": _SOURCE for number in range(_LEAST)}
_COMPILED = {f"opt/venv/lib/python3.13/site-packages/flask/__pycache__/m{number}.cpython-313.pyc": _SOURCE for number in range(_LEAST)}


@rule(
    id="bytecode-missing-in-image",
    severity=Severity.WARNING,
    summary="no module of the distributions or of the standard library is compiled",
    why="Containers start from the same files each time: what is not compiled in the image is compiled by every start. Importing FastAPI took 1.21 s without "
    "bytecode and 0.40 s with it, on one machine.",
    sources=("docker-library/python#615", "astral-sh/uv#16408", "https://docs.astral.sh/uv/guides/integration/docker/#compiling-bytecode"),
    same_as=("12-factor IX",),
    before=ImageExample(layers=(("ENV PYTHONDONTWRITEBYTECODE=1", {}), ("RUN pip install flask", _SOURCES))),
    after=ImageExample(layers=(("RUN pip install flask", {**_SOURCES, **_COMPILED}),)),
)
def bytecode_missing_in_image(image: FinishedImage) -> Iterator[Found]:
    sources: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    compiled: set[str] = set()
    for path, entry in image.files:
        part = _part(path)
        if part and path.endswith(".py"):
            sources[part] += 1
            sizes[part] += entry.size
        elif part and path.endswith(".pyc"):
            compiled.add(part)
    for part, count in sorted(sources.items()):
        if part not in compiled and count >= _LEAST:
            yield Found(
                message=f"none of the {count} modules of {part} ({size(sizes[part])}) is compiled: each start compiles those it imports",
                advice="leave PYTHONDONTWRITEBYTECODE out of the build, set UV_COMPILE_BYTECODE=1 for uv, or `RUN python -m compileall -q` on the folder",
            )


def _part(path: str) -> str:
    if any(folder in f"/{path}" for folder in _SITE):
        return "the installed distributions"
    return "the standard library" if "lib/python3." in path else ""
