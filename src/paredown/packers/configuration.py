"""The configuration of an image: what it starts, as whom, where, with which environment, and what is known of it."""

import posixpath
from datetime import UTC, datetime

from paredown.oci.model import HealthTest, ImageConfig, ImagePlatform
from paredown.plan import ROOT_GID, VENV_FOLDER, Architecture, HealthCheck, Plan

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_HOME = "/home/app"
_NANOSECONDS = 1_000_000_000


def configuration(
    plan: Plan, *, architecture: Architecture, argv: tuple[str, ...], health_argv: tuple[str, ...], interpreter: str, epoch: int, below: ImageConfig | None
) -> ImageConfig:
    """The configuration without layers and history, which come when the layers are packed.

    `argv` is the command (the entry point stays empty, so that `docker run IMAGE other command` works), `epoch` in seconds,
    `below` the configuration of the base image: its environment and labels hold where the plan says nothing.
    """
    created = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ImageConfig(
        platform=below.platform if below is not None else ImagePlatform(architecture=architecture.value),
        created=created,
        user=f"{plan.user}:{ROOT_GID}",
        environment=_environment(plan, interpreter, below),
        command=argv,
        working_directory=plan.working_directory,
        ports=tuple(sorted({f"{port}/tcp" for port in plan.ports})),
        volumes=tuple(sorted({posixpath.normpath(posixpath.join("/", plan.working_directory, path)) for path in plan.volumes})),
        labels=_labels(plan, created, below),
        stop_signal=plan.stop_signal or "",
        health=_health(plan.health, health_argv),
    )


def search_path(interpreter: str, below: ImageConfig | None) -> str:
    """The image's PATH: the distributions' programs first, then what the base image has or the usual folders, the interpreter's among them."""
    path = [f"{VENV_FOLDER}/bin", *((dict(below.environment).get("PATH") if below is not None else "") or _PATH).split(":")]
    folder = interpreter.rpartition("/")[0]
    return ":".join(dict.fromkeys([*path, folder] if folder else path))


def _environment(plan: Plan, interpreter: str, below: ImageConfig | None) -> tuple[tuple[str, str], ...]:
    inherited = dict(below.environment) if below is not None else {}
    ours = {
        "PATH": search_path(interpreter, below),
        "HOME": _HOME,
        # getpass.getuser() asks these before the password file, where an arbitrary user id has no line.
        "USER": "app",
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        # Bytecode is shipped and nothing of it is writable: an attempt to write would only cost time.
        "PYTHONDONTWRITEBYTECODE": "1",
        "VIRTUAL_ENV": VENV_FOLDER,
    }
    return tuple(({**inherited, **ours} | dict(plan.environment)).items())


def _labels(plan: Plan, created: str, below: ImageConfig | None) -> tuple[tuple[str, str], ...]:
    inherited = dict(below.labels) if below is not None else {}
    # What the base image's labels say of that image is not true of this one.
    inherited = {key: value for key, value in inherited.items() if not key.startswith(("org.opencontainers.image.", "org.label-schema."))}
    known = {"org.opencontainers.image.title": plan.name, "org.opencontainers.image.created": created}
    return tuple(sorted({**inherited, **known, **dict(plan.labels)}.items()))


def _health(health: HealthCheck | None, argv: tuple[str, ...]) -> HealthTest | None:
    if health is None or not argv:
        return None
    return HealthTest(
        test=("CMD", *argv),
        interval=round(health.interval * _NANOSECONDS),
        timeout=round(health.timeout * _NANOSECONDS),
        start_period=round(health.start_period * _NANOSECONDS),
        retries=health.retries,
    )
