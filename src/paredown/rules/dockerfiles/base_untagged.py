"""Finds bases that are named without a tag."""

from collections.abc import Iterator

from paredown.rules.bases import external_images
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="base-untagged",
    severity=Severity.WARNING,
    summary="a base has no tag, so it is whatever is newest on the day of the build",
    why="Without a tag the builder takes `latest`: two builds of one commit can start from different systems and different Pythons.",
    sources=("https://github.com/hadolint/hadolint/wiki/DL3006", "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"),
    same_as=("hadolint DL3006", "dockle DKL-DI-0006", "CIS 4.2"),
    before='FROM python\nCMD ["python", "-m", "shop"]\n',
    after='FROM python:3.13-slim-trixie\nCMD ["python", "-m", "shop"]\n',
)
def base_untagged(recipe: Recipe) -> Iterator[Found]:
    for base, span, starts_a_stage in external_images(recipe):
        if not base.tag and not base.digest:
            severity = None if starts_a_stage else Severity.INFO
            advice = f"name the version that the service is tested with, as in `{base.name}:VERSION`"
            yield Found(message=f"{base.name} has no tag", span=span, advice=advice, severity=severity)
