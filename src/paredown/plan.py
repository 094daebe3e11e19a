"""The Plan: what the image shall be, before anything is fetched. Front ends make it, composers obey it."""

from dataclasses import dataclass, field
from enum import StrEnum

from paredown.origin import Origin

SERVICE_UID = 10001
ROOT_GID = 0  # group 0 owns what the service writes: any user id started by an engine belongs to it
APP_FOLDER = "/app"
VENV_FOLDER = "/opt/venv"
PAREDOWN_FOLDER = "/opt/paredown"


class Architecture(StrEnum):
    """A processor architecture, by its OCI (and Debian) name."""

    AMD64 = "amd64"
    ARM64 = "arm64"

    @property
    def multiarch(self) -> str:
        """Debian's multiarch triplet."""
        return {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[self.value]

    @property
    def machine(self) -> str:
        """What `uname -m` says there."""
        return {"amd64": "x86_64", "arm64": "aarch64"}[self.value]


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform to build for; only Linux."""

    architecture: Architecture

    def __str__(self) -> str:
        return f"linux/{self.architecture}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DebianBase:
    """The closure of signed Debian packages of one suite, with that suite's Python. `image` is what the user's Dockerfile starts from, if there is one."""

    suite: str
    python: str  # "3.13"
    image: str = ""
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageBase:
    """An OCI layout folder or an image archive to start from. `python` is None until the image was read."""

    path: str
    origin: Origin


Base = DebianBase | ImageBase


class Level(StrEnum):
    """How much to take away; each level includes the ones before it."""

    NONE = "none"
    SAFE = "safe"  # what no running service can use
    LEAN = "lean"  # what this service, by its facts, does not use
    TIGHT = "tight"  # what this service cannot reach; only with proof

    def includes(self, other: "Level") -> bool:
        order = list(Level)
        return order.index(other) <= order.index(self)


class LockKind(StrEnum):
    """What says which distributions to install."""

    UV_LOCK = "uv.lock"
    PYLOCK = "pylock.toml"
    REQUIREMENTS = "requirements.txt"
    POETRY_LOCK = "poetry.lock"
    PDM_LOCK = "pdm.lock"
    PIPFILE_LOCK = "Pipfile.lock"
    PYPROJECT = "pyproject.toml"
    SETUP_PY = "setup.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallSystem:
    """Debian packages by name: `packages` stay in the image, `build_packages` only serve source distributions."""

    packages: tuple[str, ...] = ()
    build_packages: tuple[str, ...] = ()
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallDependencies:
    """The distributions that `files` (paths relative to the project; the first is the main one) name.

    `groups` and `extras` are added to the default selection; `package` picks one member of a uv workspace.
    """

    kind: LockKind
    files: tuple[str, ...]
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    package: str | None = None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallProject:
    """A package in `folder` (relative to the project) is built to a wheel and installed, never editable."""

    name: str
    folder: str
    extras: tuple[str, ...] = ()
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFiles:
    """The project's own files that git would ship, less .dockerignore and `exclude`, go to `destination`.

    `include`, `exclude` and `allow_secrets` are patterns as in .gitignore, relative to the project: files that ship although they
    are ignored (built assets), that do not ship, and that ship although they look like secrets.
    """

    source: str
    destination: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow_secrets: tuple[str, ...] = ()
    origin: Origin


Step = InstallSystem | InstallDependencies | InstallProject | CopyFiles


class Where(StrEnum):
    """Where in a Dockerfile something kept of the user's belongs."""

    STAGE = "stage"  # a stage of its own, which the image copies from
    BEFORE_APP = "before the app"
    AFTER_APP = "after the app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A part of the user's Dockerfile that nothing here understands: `text` as it stands there, the comments above it included."""

    text: str
    where: Where
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An exec-form command. Words may hold `$NAME`, `${NAME}` or `${NAME:-default}`, expanded at start without a shell."""

    words: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """An HTTP GET of `path` on the service's port; healthy is a status below 400. Times in seconds.

    With `path` None any answer below 500 to GET / is healthy, as nothing better is known of the service.
    """

    path: str | None
    interval: float = 30
    timeout: float = 5
    start_period: float = 10
    retries: int = 3
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of an image. `project` is the absolute path of the project folder; every other path is in the image or relative to it."""

    name: str
    project: str
    base: Base
    platforms: tuple[Platform, ...]
    steps: tuple[Step, ...]
    command: Command
    environment: tuple[tuple[str, str], ...] = ()
    ports: tuple[int, ...] = ()
    user: int = SERVICE_UID
    working_directory: str = APP_FOLDER
    writable: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()  # those of `writable` for which an engine makes a volume where the user names none
    health: HealthCheck | None = None
    labels: tuple[tuple[str, str], ...] = ()
    stop_signal: str | None = None
    shell: bool = False  # keep a shell and its tools
    keep: tuple[str, ...] = ()  # glob patterns of image paths that no trim takes
    kept: tuple[Kept, ...] = ()
    notes: tuple[str, ...] = field(default=())  # what a front end decided for the user, in a sentence each


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """Something that the service talks to, started beside it: a `command` of this machine, or an `image` by an engine's reference.

    The service reaches it by `name` and each of `ports`. It is up once its first port takes a connection. Words of the command may name files of `project`,
    an absolute path.
    """

    name: str
    command: tuple[str, ...] = ()
    image: str = ""
    ports: tuple[int, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    project: str = ""
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What the user says of verifying. `setup` runs in the image before the service, `test` on this machine with `{url}` in it; `requests` are
    .http and .har files; `headers` go with every request; `intended` are differences the user declares; times in seconds.
    """

    environment: tuple[tuple[str, str], ...] = ()
    setup: tuple[str, ...] = ()
    companions: tuple[Companion, ...] = ()
    requests: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    intended: tuple[str, ...] = ()
    patience: float = 60  # until the first answer
    grace: float = 10  # from the stop signal to the end
    project: str = ""  # the absolute path of the folder that `requests` and `test` are relative to
