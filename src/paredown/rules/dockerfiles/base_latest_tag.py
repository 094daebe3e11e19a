"""Finds bases that are named by a tag that moves with every release."""

from collections.abc import Iterator

from paredown.rules.bases import external_images
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="base-latest-tag",
    severity=Severity.WARNING,
    summary="a base is called `latest`, which is another image after every release",
    why="`latest` says nothing of what is inside: a rebuild can bring another system or another Python without any change in the repository.",
    sources=("https://github.com/hadolint/hadolint/wiki/DL3007", "goodwithtech/dockle CHECKPOINT.md"),
    same_as=("hadolint DL3007", "dockle DKL-DI-0006", "CIS 4.2"),
    before='FROM python:latest\nCMD ["python", "-m", "shop"]\n',
    after='FROM python:3.13-slim-trixie\nCMD ["python", "-m", "shop"]\n',
)
def base_latest_tag(recipe: Recipe) -> Iterator[Found]:
    for base, span, starts_a_stage in external_images(recipe):
        if base.tag == "latest" and not base.digest:
            severity = None if starts_a_stage else Severity.INFO
            advice = f"name a version: `{base.name}:VERSION`"
            yield Found(message=f"{base.name}:latest is another image after every release", span=span, advice=advice, severity=severity)
