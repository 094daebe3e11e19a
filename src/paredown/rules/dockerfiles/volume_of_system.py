"""Finds VOLUMEs over what belongs to the system or the host: the engine's socket, /dev, /proc, /sys, the root itself."""

from collections.abc import Iterator

from paredown.rules.interface import Found, Severity, rule
from paredown.rules.recipe import Recipe

_SYSTEM = ("/", "/dev", "/proc", "/sys", "/bin", "/sbin", "/usr", "/lib", "/lib64", "/etc", "/boot")
_SOCKETS = ("/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock", "/run/containerd/containerd.sock", "/var/run/crio/crio.sock")


@rule(
    id="volume-of-system",
    severity=Severity.ERROR,
    summary="a volume over a part of the system",
    why="A volume hides what the image has there, or invites to mount the host's: whoever can talk to the engine's socket is root on the host.",
    sources=(
        "goodwithtech/dockle CHECKPOINT.md",
        "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",
        "docker/docker-bench-security tests/5_container_runtime.sh",
    ),
    same_as=("dockle DKL-DI-0002", "CIS 5.6", "CIS 5.32", "OWASP 1"),
    before="FROM python:3.13-slim\nVOLUME /var/run/docker.sock\n",
    after="FROM python:3.13-slim\nVOLUME /data\n",
)
def volume_of_system(recipe: Recipe) -> Iterator[Found]:
    for stage in recipe.stages:
        for step in stage.steps:
            for word in step.instruction.words if step.instruction.name == "VOLUME" else ():
                path = step.state.path(word.text)
                if path in _SOCKETS:
                    yield Found(message=f"{path} gives the container the engine of its host", span=word.span, advice="leave it out")
                elif path in _SYSTEM or path.startswith(("/proc/", "/sys/", "/dev/")):
                    yield Found(message=f"a volume hides {path} of the image", span=word.span, advice="name a folder of the service, such as /data")
