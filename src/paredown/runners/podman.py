"""Podman's words."""

from paredown.runners.dialect import Dialect
from paredown.sandbox.arguments import HOST_NAME

PODMAN = Dialect(
    name="podman",
    platform=("info", "--format", "{{.Host.OS}}/{{.Host.Arch}}"),
    created=("--pull", "never", "--no-healthcheck", "--log-driver", "none", "--http-proxy=false"),
    joined=("--no-hosts", "--hostname", HOST_NAME),
    # By itself Podman lets /run and /var/tmp be written as well, and newer ones without that not even /dev/shm.
    read_only=("--read-only", "--read-only-tmpfs=false", "--tmpfs", "/dev/shm:rw,nosuid,nodev,noexec,mode=1777"),  # noqa: S108
    forget="--unsetenv",
    forgotten=(),
    # Podman looks for the keys that detach a terminal in any input.
    attach=("start", "--attach", "--detach-keys", ""),
    # Without a time it would ask the container first, and wait.
    remove=("rm", "--force", "--volumes", "--time", "0"),
    own_hosts=True,
)
