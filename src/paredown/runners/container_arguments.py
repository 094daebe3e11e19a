"""How a container is described to an engine: the words after `create`. Values of variables never stand there, where every user can read them."""

from collections.abc import Mapping
from dataclasses import dataclass

from paredown.oci.model import Pairs
from paredown.plan import Companion
from paredown.runners.dialect import Dialect
from paredown.runners.interface import Launch
from paredown.runners.programs.watchdog import LABEL
from paredown.sandbox.arguments import HOST_NAME

_LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A container to create: `flags`, the image, the arguments; `variables` are set beyond the image's own, `forgotten` ones are not the program's."""

    flags: tuple[str, ...]
    image: str
    arguments: tuple[str, ...]
    variables: Pairs = ()
    forgotten: tuple[str, ...] = ()


def owner(image: str, program: tuple[str, ...], companions: tuple[Companion, ...], *, network: tuple[str, ...]) -> Words:
    """The container whose network (`network` are the flags for it) the others join, with the names that they see there."""
    names = (HOST_NAME, *(companion.name for companion in companions))
    hosts = tuple(word for name in names for word in ("--add-host", f"{name}:127.0.0.1"))
    flags = ("--interactive", *network, "--hostname", HOST_NAME, *hosts, "--entrypoint", program[0])
    return Words(flags=flags, image=image, arguments=program[1:])


def companion(described: Companion, network: str, dialect: Dialect) -> Words:
    """A companion as its image starts it."""
    return Words(flags=("--network", network, *dialect.joined), image=described.image, arguments=(), variables=described.environment)


def launched(launch: Launch, image: str, own: Pairs, network: str, volumes: Mapping[str, str], dialect: Dialect, *, stdin: bool) -> Words:
    """The program of `launch`; `own` are the image's variables, `volumes` the names of what is mounted at each writable folder."""
    flags = ["--network", network, *dialect.joined, "--user", f"{launch.user}:{launch.group}", "--workdir", launch.working_directory]
    flags += ["--stop-signal", launch.stop_signal, *(("--interactive",) if stdin else ())]
    for folder in launch.writable:
        flags += ["--mount", f"type=volume,source={volumes[folder]},target={folder}"]
    if launch.read_only:
        flags += dialect.read_only
        if "/tmp" not in launch.writable:  # noqa: S108
            flags += ["--tmpfs", "/tmp:rw,exec,nosuid,nodev,mode=1777"]  # noqa: S108
    if not launch.capabilities:
        flags += ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    there, wanted = dict(own), dict(launch.environment)
    variables = tuple((name, value) for name, value in wanted.items() if there.get(name) != value)
    forgotten = tuple(name for name in (*there, *dialect.forgotten) if name not in wanted)
    return Words(
        flags=(*flags, "--entrypoint", launch.argv[0]), image=image, arguments=launch.argv[1:], variables=variables, forgotten=forgotten,
    )  # fmt: skip


def creation(words: Words, name: str, run: str, dialect: Dialect, environment: Mapping[str, str], file: str) -> tuple[list[str], dict[str, str], str]:
    """The words after the engine's program, the variables it is called with, and the text for its `file` of variables.

    What does not fit on a plain line of that file goes by the engine's own environment.
    """
    plain = {pair for pair in words.variables if _fits_a_line(pair[1])}
    by_environment = {name: value for name, value in words.variables if (name, value) not in plain}
    flags = ["--name", name, "--label", f"{LABEL}={run}", *dialect.created, *words.flags]
    if plain:
        flags += ["--env-file", file]
    for variable in by_environment:
        flags += ["--env", variable]
    for variable in words.forgotten:
        flags += [dialect.forget, variable]
    called = {name: value for name, value in environment.items() if name not in words.forgotten} | by_environment
    text = "".join(f"{name}={value}\n" for name, value in words.variables if (name, value) in plain)
    return ["create", *flags, words.image, *words.arguments], called, text


def _fits_a_line(value: str) -> bool:
    return len(value) < _LONGEST_LINE and value.isprintable() and value == value.strip() and not value.startswith(("'", '"'))
