"""Finds services whose image has no version."""

from collections.abc import Iterator

from paredown.dockerfile.words import expanded, unknown
from paredown.rules.compose_file import ComposeFile
from paredown.rules.interface import Found, Severity, rule


@rule(
    id="compose-image-latest",
    severity=Severity.WARNING,
    summary="a service's image has no tag, or `latest`",
    why="Each pull may bring another version: a database that starts a new major version refuses its old files, and there is nothing to go back to.",
    sources=("https://docs.docker.com/build/building/best-practices/#pin-base-image-versions", "https://github.com/hadolint/hadolint/wiki/DL3007"),
    same_as=("hadolint DL3006", "hadolint DL3007", "dockle DKL-DI-0006"),
    before="services:\n  db:\n    image: postgres\n",
    after="services:\n  db:\n    image: postgres:17.2\n",
)
def compose_image_latest(compose: ComposeFile) -> Iterator[Found]:
    for service in compose.services:
        value = service.get("image")
        if value is None or not value.text or service.get("build") is not None or unknown(value.text, {}):
            continue  # of what is built here, `image` is only the name
        image = expanded(value.text, {})
        name, _, tag = image.rpartition("/")[2].partition(":")
        if "@" not in image and tag in ("", "latest"):
            yield Found(
                message=f"{service.name} takes whatever {image} is on the day of the pull",
                span=value.span,
                advice=f"name a version, `{name}:1.2`, or better its digest",
            )
