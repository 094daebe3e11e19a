"""Finds images whose user is a name, which Kubernetes cannot tell from root."""

from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule


@rule(
    id="image-user-by-name",
    severity=Severity.INFO,
    summary="the image's user is a name instead of a number",
    why="With `runAsNonRoot: true` Kubernetes refuses to start an image whose user is a name: it does not read the image's accounts.",
    sources=("https://kubernetes.io/docs/concepts/security/pod-security-standards/", "prometheus/statsd_exporter#406"),
    before=ImageExample(config={"user": "app"}),
    after=ImageExample(config={"user": "10001"}),
)
def image_user_by_name(image: FinishedImage) -> Iterator[Found]:
    user = image.config.user.partition(":")[0]
    if user and user != "root" and not user.isdecimal():
        number = next((fields[2] for fields in image.accounts("etc/passwd") if fields[0] == user and len(fields) > 2), "10001")
        yield Found(message=f"the user is called {user}; Kubernetes cannot tell that this is not root", advice=f"end the Dockerfile with `USER {number}`")
