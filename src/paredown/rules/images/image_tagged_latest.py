"""Finds images that are called `latest`, or by no tag at all."""

from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule


@rule(
    id="image-tagged-latest",
    severity=Severity.INFO,
    summary="the image's tag is `latest`",
    why="The tag moves with each push: nobody can say which build runs, two machines may run different ones, and there is nothing to go back to.",
    sources=("https://docs.docker.com/build/building/best-practices/#pin-base-image-versions", "goodwithtech/dockle CHECKPOINT.md DKL-DI-0006"),
    same_as=("dockle DKL-DI-0006",),
    before=ImageExample(reference="registry.example.com:5000/shop:latest"),
    after=ImageExample(reference="registry.example.com:5000/shop:1.4.2"),
)
def image_tagged_latest(image: FinishedImage) -> Iterator[Found]:
    if not image.reference or "@" in image.reference or image.reference.startswith("sha256:"):
        return
    name, _, tag = image.reference.rpartition("/")[2].partition(":")
    if tag in ("", "latest"):
        yield Found(message=f"{image.reference} is tagged `latest`, which moves with each push", advice=f"tag it by its version or commit, `{name}:1.4.2`")
