"""Finds volumes over folders that the kernel fills."""

from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed


@rule(
    id="volume-on-system-folder",
    severity=Severity.WARNING,
    summary="a VOLUME lies over /dev, /proc, /sys, or an engine's socket",
    why="A volume there hides the kernel's devices and settings from the container, or gives it those of the host.",
    sources=("goodwithtech/dockle CHECKPOINT.md DKL-DI-0002",),
    same_as=("dockle DKL-DI-0002", "CIS 5.32"),
    before=ImageExample(config={"volumes": ("/dev",)}),
    after=ImageExample(config={"volumes": ("/data",)}),
)
def volume_on_system_folder(image: FinishedImage) -> Iterator[Found]:
    places = {volume.rstrip("/") for volume in image.config.volumes}
    wrong = sorted(place for place in places if f"{place}/".startswith(("/dev/", "/proc/", "/sys/")) or place.endswith("docker.sock"))
    if wrong:
        yield Found(message=f"a volume lies on {listed(wrong)}", advice="leave that VOLUME out")
