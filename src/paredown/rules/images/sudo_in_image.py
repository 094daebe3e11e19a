"""Finds sudo in an image."""

from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.tree import file_of

_PROGRAMS = ("usr/bin/sudo", "bin/sudo", "usr/local/bin/sudo", "usr/bin/doas")


@rule(
    id="sudo-in-image",
    severity=Severity.WARNING,
    summary="sudo is in the image",
    why="A service that may become root is as good as root; to build, `USER root` and `USER 10001` switch without it.",
    sources=("https://docs.docker.com/build/building/best-practices/#user", "goodwithtech/dockle CHECKPOINT.md DKL-DI-0001"),
    same_as=("dockle DKL-DI-0001", "hadolint DL3004"),
    before=ImageExample(layers=(("RUN apt-get install -y sudo", {"usr/bin/sudo": file_of(b"", mode=0o4755)}),)),
    after=ImageExample(layers=(("RUN useradd app", {}),)),
)
def sudo_in_image(image: FinishedImage) -> Iterator[Found]:
    for path in _PROGRAMS:
        if path in image.tree:
            yield Found(message=f"/{path} is in the image", advice="leave its package out; start single commands as another user with `setpriv --reuid`")
            return
