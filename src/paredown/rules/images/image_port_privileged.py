"""Finds services on ports that only root may open."""

from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed


@rule(
    id="image-port-privileged",
    severity=Severity.INFO,
    summary="the service listens on a port below 1024",
    why="Outside of Docker, and with a host's network, only root or NET_BIND_SERVICE opens it; published, the outside port is anybody's choice.",
    sources=("docker/docker-bench-security tests/5_container_runtime.sh",),
    same_as=("CIS 5.8",),
    before=ImageExample(config={"ports": ("80/tcp",)}),
    after=ImageExample(config={"ports": ("8080/tcp",)}),
)
def image_port_privileged(image: FinishedImage) -> Iterator[Found]:
    low = [port for port in image.config.ports if port.partition("/")[0].isdecimal() and int(port.partition("/")[0]) < 1024]
    if low:
        yield Found(message=f"the image exposes {listed(low)}, below 1024", advice="listen on 8080 or 8000, and publish it as 80: `-p 80:8080`")
