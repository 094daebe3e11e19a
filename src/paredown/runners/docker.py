"""Docker's words."""

from paredown.runners.dialect import Dialect

DOCKER = Dialect(
    name="docker",
    platform=("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"),
    created=("--pull", "never", "--no-healthcheck", "--log-driver", "none"),
    joined=(),
    read_only=("--read-only",),
    # Docker takes a variable away that is named and has no value where the command runs.
    forget="--env",
    # What the user's Docker settings may add to every container.
    forgotten=tuple(name for word in ("http", "https", "ftp", "no", "all") for name in (f"{word}_proxy", f"{word}_proxy".upper())),
    attach=("start", "--attach"),
    remove=("rm", "--force", "--volumes"),
    own_hosts=False,
)
