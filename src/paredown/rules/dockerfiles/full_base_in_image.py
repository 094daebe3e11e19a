"""Finds images on the full Python base, where the slim one may do."""

from collections.abc import Iterator

from paredown.dockerfile.syntax import Edit
from paredown.rules.bases import base_of, image_span
from paredown.rules.installed import installed, name_of
from paredown.rules.interface import Found, Safety, Severity, rule
from paredown.rules.purpose import is_service
from paredown.rules.recipe import Recipe

# Programs of the full image that the slim one lacks, and the packages that bring them.
_LACKING = {
    "git": "git", "curl": "curl", "wget": "wget", "gcc": "gcc", "cc": "gcc", "g++": "g++", "make": "make", "unzip": "unzip", "hg": "mercurial",
    "svn": "subversion", "ssh": "openssh-client", "patch": "patch", "file": "file", "convert": "imagemagick", "mysql_config": "libmariadb-dev",
    "pg_config": "libpq-dev", "pkg-config": "pkg-config", "ps": "procps",
}  # fmt: skip


@rule(
    id="full-base-in-image",
    severity=Severity.WARNING,
    summary="the image starts from the full Python base, made for building",
    why="python:X brings compilers, headers and the programs of buildpack-deps, hundreds of packages that scanners report; python:X-slim has the same"
    " Python on the same Debian without them.",
    sources=("https://hub.docker.com/_/python#image-variants", "docker-library/python Dockerfile-linux.template"),
    same_as=("CIS 4.3", "NIST 4.1.2"),
    safety=Safety.VERIFIED,
    before='FROM python:3.13-trixie\nRUN pip install --no-cache-dir flask==3.1.0\nCMD ["flask", "run"]\n',
    after='FROM python:3.13-slim-trixie\nRUN pip install --no-cache-dir flask==3.1.0\nCMD ["flask", "run"]\n',
)
def full_base_in_image(recipe: Recipe) -> Iterator[Found]:
    final = recipe.final
    base = base_of(final)
    is_full = base.system == "debian" and base.python and base.interpreter and not base.slim and base.name in ("python", "ghcr.io/astral-sh/uv")
    if not is_service(recipe) or not is_full or base.digest:
        return
    span = image_span(final.chain[0])
    written = recipe.dockerfile.text[span.start : span.end]
    slim = _slim(written, base.name, base.tag)
    missing = _missing(recipe)
    advice = f"start from its -slim variant and install {', '.join(missing)}, or build in an earlier stage" if missing else "start from its -slim variant"
    edits = (Edit(span, slim),) if slim and not missing else ()
    yield Found(message=f"{final.image} is made for building; its -slim variant runs the same Python", span=span, edits=edits, advice="" if edits else advice)


def _slim(written: str, name: str, tag: str) -> str:
    """`written` with the tag of the slim variant; empty where a variable is in the way."""
    if "$" in written or not written.endswith(f":{tag}"):
        return ""
    head = written.removesuffix(tag)
    if name != "python":
        return f"{head}{tag}-slim"  # uv's: python3.13-bookworm-slim
    version, dash, suite = tag.partition("-")
    return f"{head}{version}-slim{dash}{suite}"


def _missing(recipe: Recipe) -> list[str]:
    """Packages with programs of the full image that the Dockerfile calls in the image's own stages."""
    final = recipe.final
    own = {name_of(word) for _, _, word in installed(recipe, *final.chain)}
    called = [command.program for _, command in recipe.commands(*final.chain)]
    called += [command.program for name in ("CMD", "ENTRYPOINT", "HEALTHCHECK") if (step := final.last(name)) for command in recipe.script(step).commands]
    return list(dict.fromkeys(_LACKING[name] for name in called if name in _LACKING and _LACKING[name] not in own))
