"""Finds upgrades of everything that the base image brings."""

from collections.abc import Iterator

from paredown.dockerfile.actions import SystemUpgrade
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe


@rule(
    id="packages-upgraded",
    severity=Severity.INFO,
    summary="everything that the base image brings is upgraded",
    why="What is replaced stays in the base's layers, so both versions are in the image; what is installed depends on the day that the layer was built, "
    "and from the cache it comes as old as ever. A newer base image has the same updates.",
    sources=(
        "https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often",
        "https://github.com/hadolint/hadolint/wiki/DL3005",
        "goodwithtech/dockle CHECKPOINT.md",
    ),
    same_as=("hadolint DL3005", "hadolint DL3017", "hadolint DL3031", "hadolint DL3035", "hadolint DL3039", "dockle DKL-DI-0003"),
    before="FROM debian:12-slim\nRUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*\n",
    after="FROM debian:12.11-slim\n",
)
def packages_upgraded(recipe: Recipe) -> Iterator[Found]:
    for _, action in recipe.actions(SystemUpgrade, *recipe.final.chain):
        if not action.packages:  # as in `yum update openssl`
            yield Found(
                message=f"upgrading all of {recipe.final.image.partition('@')[0]} leaves both versions of each package in the image",
                span=action.command.span,
                advice="start from a newer base image, and build with `--pull`",
            )
