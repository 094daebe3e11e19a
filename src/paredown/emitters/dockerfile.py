"""A Plan as a Dockerfile: a stage that builds, an image that runs, and why each line is there."""

import posixpath
from collections.abc import Iterator, Sequence

from paredown.dockerfile.parse import parse
from paredown.emitters import health, installing, without_shell
from paredown.emitters.alpine_packages import alpine_names
from paredown.emitters.bases import Bases, bases_of
from paredown.emitters.instructions import env, exec_form, quoted, run, shell_words
from paredown.emitters.interface import Context, Dialect, Style
from paredown.errors import UserError
from paredown.plan import (
    APP_FOLDER,
    VENV_FOLDER,
    CopyFiles,
    InstallDependencies,
    InstallProject,
    InstallSystem,
    Plan,
    Where,
)

HOME = "/home/app"
_MADE = "/made"  # where folders of a distroless image are made
_FOR_ALL = ("/tmp", "/var/tmp")  # noqa: S108 - folders in which everybody may write
_FIX_WITHOUT_SHELL = "take `--style slim`, or `paredown build`"
_APT = ("type=cache,target=/var/cache/apt,sharing=locked", "type=cache,target=/var/lib/apt,sharing=locked")


def dockerfile(plan: Plan, port: str, context: Context, style: Style = Style.SLIM, dialect: Dialect | None = None) -> str:
    """The text of a Dockerfile that makes the image of `plan`, which listens on `port` (a number, or a variable with a default).

    Raises UserError where the style cannot have what the Plan asks for.
    """
    dialect = dialect or Dialect()
    bases = bases_of(plan, style)
    if style is Style.DISTROLESS:
        _refuse_shell(plan)
    parts = [*_kept(plan, Where.STAGE), *_builder(plan, bases, style, context), "", *_image(plan, bases, style, port, dialect)]
    return "\n".join(parts).rstrip("\n") + "\n"


def _builder(plan: Plan, bases: Bases, style: Style, context: Context) -> Iterator[str]:
    yield f"# {plan.name}. This stage has uv, compilers and caches; the image below gets only what they made."
    yield f"FROM {bases.build} AS build"
    tools = "/uv /uvx /usr/local/bin/" if _uvx(plan) else "/uv /usr/local/bin/"
    yield f"COPY --from=ghcr.io/astral-sh/uv:{context.uv} {tools}"
    yield ""
    packages = _packages(plan, style, run_time=False)
    if style is Style.DISTROLESS:
        yield "# The image below has Debian's Python." if not packages else "# The image below has Debian's Python; what has to be compiled needs the others."
        # The official images have Python's headers; Debian keeps them apart.
        yield from _installed(("python3", *(("python3-dev",) if packages else ()), *packages), style)
        yield ""
    elif packages:
        yield "# What has to be compiled needs these; they stay in this stage."
        yield from _installed(packages, style)
        yield ""
    yield "# Bytecode is made here once, not at each start, and does not depend on the times of files, which copying may change."
    yield env((
        ("UV_COMPILE_BYTECODE", "1"), ("PYC_INVALIDATION_MODE", "UNCHECKED_HASH"), ("UV_LINK_MODE", "copy"), ("UV_PYTHON_DOWNLOADS", "never"),
        ("UV_PROJECT_ENVIRONMENT", VENV_FOLDER), ("VIRTUAL_ENV", VENV_FOLDER),
    ))  # fmt: skip
    yield f"WORKDIR {APP_FOLDER}"
    yield ""
    step = next((step for step in plan.steps if isinstance(step, InstallDependencies)), None)
    early = installing.dependencies(step, context) if step is not None else None
    if early is not None:
        yield "# The distributions, before any code: they are installed anew only when these files change."
        yield early
        yield ""
    yield "# The code comes last, as it changes most."
    yield "COPY . ."
    copied = any(isinstance(step, CopyFiles) for step in plan.steps)
    # Everybody could write to the lock that uv leaves.
    unlocked = [f"rm -f {VENV_FOLDER}/.lock"] if _has_environment(plan) else []
    yield from installing.with_code(plan, context, [] if copied else unlocked)
    if copied:
        yield "# What does not compile is no module: a template, or for another Python."
        python = "python3" if style is Style.DISTROLESS else "python"
        yield run([*unlocked, f"{{ {python} -m compileall -q --invalidation-mode unchecked-hash {APP_FOLDER} || true; }}"])
    if style is Style.DISTROLESS and (plan.user or _writable(plan)):
        yield "# The image below has no programs to make an account and folders with: it gets these. What lies above them stays root's."
        yield _account_elsewhere(plan)


def _account_elsewhere(plan: Plan) -> str:
    paths = _owned(plan)
    above = [_MADE + folder for folder in _FOR_ALL if any(path.startswith(f"{folder}/") for path in paths)]
    shared = [f"install -d -m 1777 {' '.join(above)}"] if above else []
    own = [f"install -d {_MADE}/etc", f"cp /etc/passwd {_MADE}/etc/", f"ln -s /usr/share/zoneinfo/Etc/UTC {_MADE}/etc/localtime"]
    return run([*_debian_account(plan), *shared, _folders(plan, [_MADE + path for path in paths]), *own])


def _refuse_shell(plan: Plan) -> None:
    """Raises UserError for what only a shell can run in the image."""
    if plan.shell:
        raise UserError("the settings ask for a shell (`shell = true`), and a distroless image has none", where=plan.command.origin, fix=_FIX_WITHOUT_SHELL)
    for kept in plan.kept:
        if kept.where is not Where.STAGE and any(instruction.name == "RUN" for instruction in parse(kept.text).instructions):
            what = f"a distroless image has no shell for `{kept.text.strip().splitlines()[-1]}`"
            raise UserError(what, where=kept.origin, fix=_FIX_WITHOUT_SHELL)


def _image(plan: Plan, bases: Bases, style: Style, port: str, dialect: Dialect) -> Iterator[str]:
    link = " --link" if dialect.link else ""
    yield ""
    yield f"FROM {bases.run}"
    yield ""
    packages = _packages(plan, style, run_time=True)
    if packages:
        if style is Style.DISTROLESS:
            what = f"a distroless image has no package manager for {', '.join(packages)}"
            raise UserError(what, where=_system(plan).origin, fix=_FIX_WITHOUT_SHELL)
        yield "# What the running service needs of the system."
        yield from _installed(packages, style)
        yield ""
    if style is not Style.DISTROLESS:
        yield "# Installers are of use to nobody here any more but an intruder."
        if packages and style is Style.ALPINE:
            yield "# hadolint ignore=DL3059"
        yield run([f"python -m pip uninstall --yes --quiet --root-user-action=ignore {' '.join(bases.installers)}"])
        yield ""
    if style is not Style.DISTROLESS and (plan.user or _writable(plan)):
        yield "# An account of its own, which cannot change the code: that belongs to root. Any user id works that an engine may choose,"
        yield "# as the group 0 may write where the service does. And no program gives whoever starts it the rights of another."
        yield _account(plan, style)
        yield ""
    if style is Style.DISTROLESS and (plan.user or _writable(plan)):
        yield "# The account, and what the service writes to."
        yield f"COPY{link} --from=build {_MADE} /"
        yield ""
    yield from _kept(plan, Where.BEFORE_APP)
    copied = [step for step in plan.steps if isinstance(step, CopyFiles)]
    if _has_environment(plan):
        yield f"COPY{link} --from=build {VENV_FOLDER} {VENV_FOLDER}"
    for step in copied:
        source = APP_FOLDER if step.source == "." else f"{APP_FOLDER}/{step.source}"
        yield f"COPY{link} --from=build {source} {step.destination}"
    yield ""
    yield from _kept(plan, Where.AFTER_APP)
    paths = (("PATH", f"{VENV_FOLDER}/bin:$PATH"),) if _has_environment(plan) else ()
    yield "# Logs leave at once, and nothing tries to write bytecode where it may not."
    own = {name for name, _ in plan.environment}
    home = (("HOME", HOME),) if style is Style.DISTROLESS and plan.user and "HOME" not in own else ()
    yield env([*paths, *home, *((name, "1") for name in ("PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE") if name not in own), *plan.environment])
    yield f"WORKDIR {plan.working_directory}"
    if plan.user:
        yield "# A number, so that an orchestrator sees that it is not root."
        yield f"USER {plan.user}:0"
    elif style is Style.DISTROLESS:
        yield "# The image above is not root's."
        yield "USER 0:0"
    if plan.labels:
        yield "LABEL " + " \\\n    ".join(f"{quoted(name)}={quoted(value)}" for name, value in plan.labels)
    if plan.volumes:
        yield f"VOLUME {exec_form(plan.volumes)}"
    if plan.ports:
        yield "EXPOSE " + " ".join(map(str, plan.ports))
    if plan.health is not None:
        yield ""
        yield f"HEALTHCHECK {health.options(plan.health)} \\"
        yield f"    CMD {exec_form(health.words(plan.health, port, bases.python))}"
    if plan.stop_signal:
        yield f"STOPSIGNAL {plan.stop_signal}"
    yield ""
    yield from _command(plan, bases, style)


def _command(plan: Plan, bases: Bases, style: Style) -> Iterator[str]:
    words = plan.command.words
    if not any("$" in word for word in words):
        if style is Style.DISTROLESS:
            yield "ENTRYPOINT []"
        yield f"CMD {exec_form(words)}"
        return
    if style is Style.DISTROLESS:
        yield "# No shell is there to fill in the variables: Python does, and becomes the service."
        yield "ENTRYPOINT []"
        yield f"CMD {exec_form(without_shell.words(words, bases.python, plan.command.origin))}"
        return
    yield "# The shell fills in the variables and then becomes the service: signals reach it."
    yield f"CMD {exec_form(('sh', '-c', 'exec ' + shell_words(words)))}"


def _installed(packages: tuple[str, ...], style: Style) -> Iterator[str]:
    if style is Style.ALPINE:
        yield "# No versions: Alpine keeps only the newest one of a package, so that a pinned one vanishes."
        yield "# hadolint ignore=DL3018"
        yield run([f"apk add --no-cache {' '.join(packages)}"])
        return
    # Debian's images empty apt's cache after each install by a setting of their own, which would empty the cache mount.
    yield "# No versions: Debian keeps only the newest fixed one of a package, so that a pinned one vanishes."
    yield "# hadolint ignore=DL3008"
    yield run(["rm -f /etc/apt/apt.conf.d/docker-clean", "apt-get update", f"apt-get install --yes --no-install-recommends {' '.join(packages)}"], _APT)


def _account(plan: Plan, style: Style) -> str:
    made = _debian_account(plan)
    if plan.user and style is Style.ALPINE:
        made = [f"adduser -D -H -u {plan.user} -G root -h {HOME} -s /sbin/nologin app"]
    return run([*made, _folders(plan, _owned(plan)), "find / -xdev -type f -perm /6000 -exec chmod a-s {} +"])


def _debian_account(plan: Plan) -> list[str]:
    return [f"useradd --uid {plan.user} --gid 0 --no-create-home --home-dir {HOME} --shell /usr/sbin/nologin app"] if plan.user else []


def _folders(plan: Plan, paths: Sequence[str]) -> str:
    return f"install -d -o {plan.user} -g 0 -m 0775 {' '.join(paths)}"


def _owned(plan: Plan) -> tuple[str, ...]:
    return (*((HOME,) if plan.user else ()), *_writable(plan))


def _writable(plan: Plan) -> tuple[str, ...]:
    """The folders to make; those that are everybody's in every image stay so."""
    paths = (posixpath.normpath(posixpath.join(plan.working_directory, path)) for path in plan.writable)
    return tuple(path for path in paths if path not in _FOR_ALL)


def _kept(plan: Plan, where: Where) -> Iterator[str]:
    for kept in plan.kept:
        if kept.where is where:
            yield kept.text
            yield ""


def _system(plan: Plan) -> InstallSystem:
    return next((step for step in plan.steps if isinstance(step, InstallSystem)), InstallSystem(origin=plan.command.origin))


def _packages(plan: Plan, style: Style, *, run_time: bool) -> tuple[str, ...]:
    system = _system(plan)
    names = system.packages if run_time else tuple(dict.fromkeys((*system.build_packages, *_headers(system))))
    return alpine_names(names, system.origin) if style is Style.ALPINE else names


def _headers(system: InstallSystem) -> tuple[str, ...]:
    """gcc alone compiles nothing: the C library's headers are only recommended by it."""
    return ("libc6-dev",) if any(name.startswith(("gcc", "g++", "clang")) for name in system.build_packages) else ()


def _has_environment(plan: Plan) -> bool:
    return any(isinstance(step, InstallDependencies | InstallProject) for step in plan.steps)


def _uvx(plan: Plan) -> bool:
    return any(isinstance(step, InstallDependencies) and installing.needs_uvx(step) for step in plan.steps)
