"""Finds pip, uv and their like in an image where everything is installed."""

from collections import defaultdict
from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed, size
from paredown.tree import OwnerKind, file_of

_INSTALLERS = frozenset({"pip", "setuptools", "wheel", "uv", "poetry", "poetry-core", "pdm", "pipenv", "hatch", "virtualenv", "pip-tools"})
_PROGRAMS = ("uv", "uvx", "poetry", "pdm", "pipenv")
_UV = file_of(bytes(2_000_000), mode=0o755)
_LEAST = 1_000_000  # bytes


@rule(
    id="installers-in-image",
    severity=Severity.INFO,
    summary="pip, uv or another installer is shipped",
    why="A service installs nothing; whoever gets in does. uv alone is some 40 MB (docling-project/docling-serve#56).",
    sources=("docling-project/docling-serve#56", "https://docs.astral.sh/uv/guides/integration/docker/"),
    same_as=("CIS 4.3", "12-factor V"),
    before=ImageExample(layers=(("COPY --from=ghcr.io/astral-sh/uv /uv /bin/uv", {"bin/uv": _UV}),)),
    after=ImageExample(layers=(("COPY --from=builder /opt/venv /opt/venv", {"opt/venv/bin/python": file_of(b"")}),)),
)
def installers_in_image(image: FinishedImage) -> Iterator[Found]:
    held: dict[str, int] = defaultdict(int)
    started = {word.rpartition("/")[2] for word in (*image.config.entrypoint, *image.config.command)[:1]}
    for path, entry in image.files:
        owner = entry.owner
        if owner.kind is OwnerKind.DISTRIBUTION and owner.name in _INSTALLERS:
            held[owner.name] += entry.size
        elif owner.kind in (OwnerKind.UNKNOWN, OwnerKind.APP) and entry.executable and "bin/" in f"/{path}" and path.rpartition("/")[2] in _PROGRAMS:
            held[path.rpartition("/")[2].removesuffix("x")] += entry.size
    held = {name: total for name, total in held.items() if name not in started}
    if sum(held.values()) >= _LEAST:
        names = sorted(held, key=lambda name: -held[name])
        yield Found(
            message=f"{listed(names, 5)} {'is' if len(names) == 1 else 'are'} in the image, {size(sum(held.values()))}",
            advice="install in another stage and copy the environment, or mount it: `RUN --mount=from=ghcr.io/astral-sh/uv,source=/uv,target=/bin/uv`",
        )
