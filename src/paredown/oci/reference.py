"""Image references: `NAME[:TAG]` checked, and spelled as Docker shows them and as registries know them."""

import posixpath
import re

from paredown.errors import UserError

# The grammar of distribution's reference package, without digests.
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_DOMAIN = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::[0-9]+)?"
_REFERENCE = re.compile(rf"(?:(?P<domain>{_DOMAIN})/)?(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)(?::(?P<tag>\w[\w.-]{{0,127}}))?", re.ASCII)
_HUB = "docker.io"
_NOT_A_NAME = re.compile(r"[^a-z0-9._-]+")


def _parts(reference: str) -> tuple[str, str, str]:
    """(domain, path, tag), with Docker's defaults filled in; UserError when it is no reference."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise UserError(
            f"{reference!r} is not an image name", fix="use NAME or NAME:TAG in lower case, for instance `shop/api:1.2` or `registry.example.org/api:1.2`"
        )
    domain, path, tag = found["domain"] or "", found["path"], found["tag"] or "latest"
    # `shop/api` is a path on the hub; only a dot, a port or `localhost` makes the first part a registry.
    if domain and not (set(domain) & {".", ":"} or domain == "localhost" or domain != domain.lower()):
        domain, path = "", f"{domain}/{path}"
    if domain in ("", _HUB, "index.docker.io"):
        return _HUB, path if "/" in path else f"library/{path}", tag
    return domain, path, tag


def full(reference: str) -> str:
    """`api` -> `docker.io/library/api:latest`."""
    domain, path, tag = _parts(reference)
    return f"{domain}/{path}:{tag}"


def familiar(reference: str) -> str:
    """`docker.io/library/api` -> `api:latest`, as `docker images` shows it."""
    domain, path, tag = _parts(reference)
    return f"{path.removeprefix('library/')}:{tag}" if domain == _HUB else f"{domain}/{path}:{tag}"


def tag_of(reference: str) -> str:
    """`api:1.2` -> `1.2`."""
    return _parts(reference)[2]


def name_for(image: str) -> str:
    """What to call an image that is made of another: that one's name without registry and tag, or its file's without the ending."""
    name = posixpath.basename(image.rstrip("/"))
    for suffix in (".tar", ".oci", ".docker"):
        name = name.removesuffix(suffix)
    return _NOT_A_NAME.sub("-", name.partition("@")[0].partition(":")[0].lower()).strip("-._") or "image"
