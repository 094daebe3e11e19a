"""Front ends read a project into a Plan."""

import posixpath
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

from paredown import toml_file
from paredown.commands.command_line import needed
from paredown.commands.servers import SERVERS, WORKERS, port_of, program
from paredown.errors import UserError
from paredown.frontends import (
    dependencies,
    dockerfile_hints,
    dockerfile_steps,
    health,
    layout,
    options,
    pyproject,
    python_version,
    servers,
    settings,
    start,
    workspace,
)
from paredown.frontends.dockerfile_hints import Hints
from paredown.frontends.dockerfile_steps import Inherited
from paredown.frontends.interface import Overrides, Project, Start
from paredown.frontends.project_files import ProjectFiles
from paredown.frontends.pyproject import Manifest
from paredown.frontends.settings import Settings
from paredown.frontends.sources import Sources
from paredown.origin import Origin
from paredown.plan import APP_FOLDER, SERVICE_UID, Architecture, Base, Command, DebianBase, ImageBase, InstallSystem, Plan, Platform, Step, Verification

__all__ = ["Overrides", "Project", "read", "verification"]

# An image's reference as distribution/reference has it: registry and port, path, tag.
_NAME = re.compile(r"(?:[A-Za-z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::\w[\w.-]{0,127})?")
_CONFIGURATION = ("gunicorn.conf.py", "hypercorn.toml", ".streamlit/config.toml")


def read(project: Path, *, overrides: Overrides, dockerfile: str | None = None) -> Project:
    """Read the project in a folder. Nothing of it is run. Raises UserError for everything that the user has to decide or correct.

    With `dockerfile`, the name of one in the folder, the Plan also has what that does beyond the service's own parts: its base, its system packages
    where the settings name none, and what is kept as it is written.
    """
    files = _open(project)
    text = files.text("pyproject.toml")
    document = toml_file.parse(text, "pyproject.toml") if text is not None else {}
    chosen = settings.read(files, document)
    member = workspace.find(files, chosen, document)
    if member.folder != ".":
        file = f"{member.folder}/pyproject.toml"
        document = toml_file.parse(files.text(file) or "", file)
    manifest = pyproject.read(files, document, member.folder)
    hints = dockerfile_hints.read(files, (*chosen.packages, *chosen.build_packages), dockerfile)
    base, base_note = _base(files, chosen, manifest, hints, overrides)
    found = dependencies.choose(files, chosen, manifest, member)
    sources = Sources(files, _app_folder(files, chosen, member.folder), manifest.source_folder, manifest.package)
    ports = chosen.ports or (hints.ports if hints else ())
    port = ports[0] if ports else servers.PORT
    around = start.Surroundings(files=files, settings=chosen, manifest=manifest, locked=found.locked, sources=sources, hints=hints, port=port)
    how, how_note = start.choose(around)
    servers.refuse_impossible(how, found.locked)
    environment, unset = _environment(chosen, hints, how, port)
    steps, step_notes = layout.steps(files, chosen, manifest, member.folder, how)
    check, check_note = health.choose(chosen, hints, sources, how.origin)
    worker = program(how.words) in WORKERS
    own_options = options.Listening(port=None, host_option=None, origin=None) if program(how.words) in SERVERS else options.find(sources, how)
    ports, port_note = ((), None) if worker and not chosen.ports else _ports(chosen, hints, how, environment, own_options)
    if worker and chosen.health is None:
        check, check_note = None, f"{program(how.words)} answers no requests: the image has no port and no health check."
    doubts = servers.doubts(
        how, found.locked, has_configuration=any(files.exists(name) for name in _CONFIGURATION) or "-c" in how.words or "--config" in how.words
    )
    partial = ("The project is large: only a part of its Python files was looked at.",) if sources.partial and not chosen.command else ()
    system: tuple[Step, ...] = ()
    if chosen.packages or chosen.build_packages:
        where = chosen.origin("packages" if chosen.packages else "build-packages")
        system = (InstallSystem(packages=chosen.packages, build_packages=chosen.build_packages, origin=where),)
    hinted = hints.notes if hints else ()
    volumes = tuple(dict.fromkeys((*chosen.volumes, *(hints.volumes if hints else ()))))
    notes = (base_note, *found.notes, *step_notes, how_note, unset, port_note, check_note, *hinted, options.doubt(own_options, how), *doubts, *partial)
    plan = Plan(
        name=_name(files, chosen, manifest, overrides),
        project=str(files.root),
        base=base,
        platforms=overrides.platforms or (Platform(Architecture.AMD64),),
        steps=(*system, *((found.step,) if found.step else ()), *steps),
        command=Command(words=how.words, origin=how.origin),
        environment=tuple(environment.items()),
        ports=ports,
        user=chosen.user if chosen.user is not None else hints.user if hints and hints.user else SERVICE_UID,
        working_directory=chosen.working_directory or posixpath.join(APP_FOLDER, how.working_directory or "").rstrip("/"),
        writable=tuple(dict.fromkeys((*chosen.writable, *volumes))),
        volumes=volumes,
        health=check,
        labels=chosen.labels,
        stop_signal=chosen.stop_signal or (hints.stop_signal if hints else None),
        shell=chosen.shell,
        keep=chosen.keep,
        notes=tuple(note for note in notes if note),
    )  # fmt: skip
    if dockerfile is not None:
        plan = _with_dockerfile(plan, dockerfile_steps.read(files.text(dockerfile) or "", dockerfile))
    trim, bytecode = overrides.trim or chosen.trim or "lean", overrides.bytecode or chosen.bytecode or "imported"
    return Project(plan=plan, trim=trim, bytecode=bytecode, verification=chosen.verify)


def _with_dockerfile(plan: Plan, found: Inherited) -> Plan:
    chosen = next((step for step in plan.steps if isinstance(step, InstallSystem)), None)
    packages = found.packages
    system = chosen or InstallSystem(packages=packages.run, build_packages=packages.build, origin=found.origin)
    steps = (system, *(step for step in plan.steps if not isinstance(step, InstallSystem)))
    return replace(
        plan,
        base=replace(plan.base, image=found.image) if isinstance(plan.base, DebianBase) else plan.base,
        steps=steps if system.packages or system.build_packages else plan.steps,
        writable=tuple(dict.fromkeys((*plan.writable, *found.writable))),
        kept=found.kept,
        notes=(*plan.notes, *(() if chosen else packages.notes)),
    )


def verification(project: Path) -> Verification:
    """What the settings in the folder `project` say of verifying; a folder without settings says nothing."""
    files = ProjectFiles(project.resolve())
    text = files.text("pyproject.toml")
    return settings.read(files, toml_file.parse(text, "pyproject.toml") if text is not None else {}).verify


def _open(project: Path) -> ProjectFiles:
    if not project.exists():
        raise UserError(f"there is no folder {project}", where=str(project), fix="name the folder of the project")
    if not project.is_dir():
        raise UserError(f"{project} is a file, not a folder", where=str(project), fix=f"paredown build {project.parent}")
    files = ProjectFiles(project.resolve())
    has_manifest = any(files.exists(name) for name in ("pyproject.toml", "setup.py", "setup.cfg", "paredown.toml", "Pipfile", "uv.lock", "pylock.toml"))
    if not has_manifest and not files.modules().paths and not any("requirements" in name for name in files.names()):
        what = "is empty" if not files.names() else "holds no Python project"
        raise UserError(f"the folder {project} {what}", where=str(project), fix="name a folder with a pyproject.toml, a requirements.txt or Python files")
    return files


def _app_folder(files: ProjectFiles, chosen: Settings, member: str) -> str:
    folder = chosen.app or member
    if not files.is_folder(folder):
        raise UserError(
            f"`app` names {folder}, which is not a folder of the project", where=chosen.origin("app"), fix="name the folder that holds the service's code"
        )
    return folder


def _base(files: ProjectFiles, chosen: Settings, manifest: Manifest, hints: Hints | None, overrides: Overrides) -> tuple[Base, str | None]:
    if chosen.base is not None:
        if not (files.root / chosen.base).exists():
            raise UserError(
                f"`base` names {chosen.base}, which does not exist",
                where=chosen.origin("base"),
                fix="name an OCI layout folder or an image archive (docker save)",
            )
        return ImageBase(path=str((files.root / chosen.base).resolve()), origin=chosen.origin("base")), None
    python = python_version.choose(files, chosen, manifest, override=overrides.python, hint=hints.python if hints else None)
    return DebianBase(suite=python.suite, python=python.python, origin=python.origin), python.note


def _environment(chosen: Settings, hints: Hints | None, how: Start, port: int) -> tuple[dict[str, str], str | None]:
    """Settings go before what the command sets, that before the Dockerfile's. The sentence names variables that nothing sets."""
    environment = {**dict(hints.environment if hints else ()), **dict(how.environment), **dict(chosen.environment)}
    unset = [name for name in needed(how.words) if name not in environment and name != "HOME"]
    if "PORT" in unset:  # platforms such as Heroku always set it, other engines do not
        environment["PORT"] = str(port)
        unset.remove("PORT")
    note = f"The command needs {', '.join(unset)}, which nothing sets: give it when the container starts." if unset else None
    return environment, note


def _ports(chosen: Settings, hints: Hints | None, how: Start, environment: dict[str, str], own: options.Listening) -> tuple[tuple[int, ...], str | None]:
    """The service's port first: the one that is written, else the one that the command listens on, else the one that is exposed."""
    if chosen.ports:
        return chosen.ports, None
    exposed = hints.ports if hints else ()
    listening = port_of(how.words, environment)
    if listening is None and not exposed and (written := environment.get("PORT", "")).isdigit():
        return (int(written),), None
    if listening is None and own.port is not None and not exposed:
        return (own.port,), f"The service's port is {own.port}, the default of {own.origin}."
    if listening is None:
        return (exposed, None) if exposed else ((servers.PORT,), f"Nothing tells the service's port: {servers.PORT} is assumed.")
    note = None
    if exposed and listening not in exposed and hints is not None:
        note = f"{hints.file} exposes {', '.join(map(str, exposed))}, but the command listens on {listening}."
    elif listening < 1024:
        note = f"Port {listening} is privileged: a service without root can only listen on it where the engine allows that."
    return (listening, *(port for port in exposed if port != listening)), note


def _name(files: ProjectFiles, chosen: Settings, manifest: Manifest, overrides: Overrides) -> str:
    """As written, if a registry takes it; else the project's or the folder's name in the letters that registries take."""
    for written, where, fix in ((overrides.name, Origin("the command line"), "--tag {}"), (chosen.name, chosen.origin("name"), 'name = "{}"')):
        if written is not None:
            if not _NAME.fullmatch(written):
                raise UserError(f"`{written}` is not a name that an image can have", where=where, fix=fix.format(_slug(written)))
            return written
    return _slug(manifest.name or files.root.name)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "app"
