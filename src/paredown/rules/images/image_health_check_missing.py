"""Finds services without a health check."""

from collections.abc import Iterator

from paredown.oci.model import HealthTest
from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule


@rule(
    id="image-health-check-missing",
    severity=Severity.INFO,
    summary="the image listens on a port and has no health check",
    why="Docker and Compose take a service for well as long as its process lives, answering or not. (Kubernetes has probes of its own.)",
    sources=("https://docs.docker.com/reference/dockerfile/#healthcheck", "goodwithtech/dockle CHECKPOINT.md CIS-DI-0006"),
    same_as=("dockle CIS-DI-0006", "CIS 4.6"),
    before=ImageExample(config={"ports": ("8000/tcp",)}),
    after=ImageExample(
        config={"ports": ("8000/tcp",), "health": HealthTest(test=("CMD", "python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000')"))}
    ),
)
def image_health_check_missing(image: FinishedImage) -> Iterator[Found]:
    if image.config.ports and image.config.health is None:
        yield Found(
            message=f"nothing asks the service on {image.config.ports[0]} whether it is well",
            advice="add a HEALTHCHECK in exec form with a program that the image has, such as `python -c` with urllib",
        )
