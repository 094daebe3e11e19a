"""Finds bases that a registry can exchange under their tag."""

from collections.abc import Iterator

from paredown.rules.bases import base_of, image_span
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="base-without-digest",
    severity=Severity.INFO,
    summary="the image's base is named by a tag alone, which can be moved to another image",
    why="A tag is a name that its owner moves; only a digest names bytes. With it a build repeats, and an exchanged image is noticed."
    " Renovate and Dependabot keep digests up to date.",
    sources=("https://docs.docker.com/build/building/best-practices/#pin-base-image-versions", "ossf/scorecard docs/checks.md"),
    same_as=("CIS 4.2", "NIST 4.1.5", "OWASP 13"),
    before='FROM python:3.13-slim-trixie\nCMD ["python", "-m", "shop"]\n',
    after='FROM python:3.13-slim-trixie@sha256:4c2cf9917bd1cbacc5e9b07320025bdb7cdf2df7b0ceaccb55e9dd7e30987419\nCMD ["python", "-m", "shop"]\n',
)
def base_without_digest(recipe: Recipe) -> Iterator[Found]:
    base = base_of(recipe.final)
    # Without any tag, or with one that moves at once, another rule speaks first; an image without a known name is somebody's own.
    if base.tag not in ("", "latest") and not base.digest and base.name != "scratch":
        span = image_span(recipe.final.chain[0])
        advice = f"add the digest that `docker buildx imagetools inspect {base.name}:{base.tag}` shows: `{base.name}:{base.tag}@sha256:...`"
        yield Found(message=f"{base.name}:{base.tag} can be moved to another image", span=span, advice=advice)
