"""Finds servers by which one logs in to a container."""

from collections.abc import Iterator

from paredown.rules.finished_image import FinishedImage, ImageExample
from paredown.rules.interface import Found, Severity, rule
from paredown.rules.wording import listed
from paredown.tree import file_of

_SERVERS = frozenset({"sshd", "dropbear", "telnetd", "in.telnetd", "rlogind", "vsftpd"})


@rule(
    id="remote-login-in-image",
    severity=Severity.WARNING,
    summary="an SSH or Telnet server is in the image",
    why="It is a second way in, with keys and passwords of its own to keep; `docker exec` and `kubectl exec` need none.",
    sources=("https://csrc.nist.gov/pubs/sp/800/190/final", "docker/docker-bench-security tests/5_container_runtime.sh"),
    same_as=("CIS 5.7", "NIST 4.1.2"),
    before=ImageExample(layers=(("RUN apt-get install -y openssh-server", {"usr/sbin/sshd": file_of(b"", mode=0o755)}),)),
    after=ImageExample(layers=(("COPY . /app", {"app/sshd": file_of(b"")}),)),
)
def remote_login_in_image(image: FinishedImage) -> Iterator[Found]:
    found = sorted(f"/{path}" for path, entry in image.files if entry.executable and "bin/" in path and path.rpartition("/")[2] in _SERVERS)
    if found:
        yield Found(message=f"{listed(found)} lets people log in to the container", advice="leave its package out; `docker exec` opens a shell without it")
