"""Finds images whose service runs as root."""

from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule


@rule(
    id="image-runs-as-root",
    severity=Severity.WARNING,
    summary="the image's processes run as root",
    why="Whoever takes over the service is root in the container, may write everywhere in it, and is root on the host where the container's walls have a hole.",
    sources=("https://docs.docker.com/build/building/best-practices/#user", "OWASP/CheatSheetSeries cheatsheets/Docker_Security_Cheat_Sheet.md"),
    same_as=("dockle CIS-DI-0001", "CIS 4.1", "OWASP 2", "NIST 4.1.2"),
    before=ImageExample(config={"user": "", "command": ("uvicorn", "main:app")}),
    after=ImageExample(config={"user": "10001:10001", "command": ("uvicorn", "main:app")}),
)
def image_runs_as_root(image: FinishedImage) -> Iterator[Found]:
    user = image.config.user.partition(":")[0]
    if user in ("", "0", "root"):
        said = f"says USER {user}" if user else "names no user"
        yield Found(
            message=f"the image {said}, so its processes run as root",
            advice="end the Dockerfile with `USER 10001`, and give that user what it writes to",
        )
