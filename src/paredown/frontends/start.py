"""How the service starts: settings, else the Procfile, else the Dockerfile, else what the code shows."""

import shlex
from dataclasses import dataclass

from paredown.commands.command_line import SimpleCommand, exec_command, setting, shell_command, simple_command
from paredown.errors import UserError
from paredown.frontends import applications, django, procfile, scripts
from paredown.frontends.dockerfile_hints import Hints
from paredown.frontends.interface import Locked, Start
from paredown.frontends.project_files import ProjectFiles
from paredown.frontends.pyproject import Manifest, mapping, strings
from paredown.frontends.requirements import names_of
from paredown.frontends.settings import Settings
from paredown.frontends.sources import Sources
from paredown.origin import Origin

_NO_SERVICE = frozenset(("python", "python3", "bash", "sh", "/bin/bash", "/bin/sh", "pytest", "tox"))
_EXAMPLE = 'command = "uvicorn main:app --host 0.0.0.0 --port ${PORT:-8000}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All that a start is chosen from. `port` is what a detected command listens on when PORT is not set."""

    files: ProjectFiles
    settings: Settings
    manifest: Manifest
    locked: Locked
    sources: Sources
    hints: Hints | None
    port: int


def choose(around: Surroundings) -> tuple[Start, str | None]:
    """The start, and a sentence when it was not the user who said it. Raises UserError when none, or more than one, is likely."""
    settings = around.settings
    if settings.command:
        return Start(words=settings.command, origin=settings.origin("command"), reason="", environment=settings.command_environment), None
    found = procfile.read(around.files)
    if found is not None:
        text, where = found
        others = procfile.others(around.files)
        more = f" Its other processes ({', '.join(others)}) are not started by this image." if others else ""
        return _written(around, simple_command(text), text, where), f"The command is that of {where}.{more}"
    hints = around.hints
    if hints is not None and hints.command_origin is not None:
        parsed = simple_command(hints.text) if hints.text is not None else exec_command(hints.words)
        if not (isinstance(parsed, SimpleCommand) and len(parsed.words) == 1 and parsed.words[0] in _NO_SERVICE):
            text = hints.text if hints.text is not None else " ".join(shlex.quote(word) for word in hints.words)
            return _written(around, parsed, text, hints.command_origin), f"The command is that of {hints.command_origin}."
    return _detected(around)


def _written(around: Surroundings, parsed: SimpleCommand | str, text: str, where: Origin) -> Start:
    """The start that a Procfile or Dockerfile writes; one that needs a shell is refused unless the image shall have one."""
    if isinstance(parsed, SimpleCommand):
        script = _shell_script(around.files, parsed.words[0])
        if script is None:
            return Start(words=parsed.words, origin=where, reason="", environment=parsed.environment, working_directory=_working_directory(around))
        parsed = f"`{script}` is a shell script"
    if around.settings.shell and parsed != "unbalanced quotes":
        return Start(words=shell_command(text), origin=where, reason="", working_directory=_working_directory(around))
    lines = [setting(start.words) for start in _candidates(around)] or [_EXAMPLE]
    raise UserError(
        f"the command of {where} cannot run without a shell: {parsed}",
        where=where,
        fix="write the service's own command" + (", for instance\n" if len(lines) == 1 else ", one of\n")
        + "\n".join(around.settings.line(line) for line in lines) + "\nor let the image keep a shell with\n" + around.settings.line("shell = true"),
    )  # fmt: skip


def _working_directory(around: Surroundings) -> str | None:
    """Where the Dockerfile's folder lies, relative to the app; a Procfile runs at the top."""
    folder = around.hints.working_directory if around.hints else None
    if folder is None or procfile.read(around.files) is not None:
        return None
    return folder.removeprefix("/app").strip("/") or None


def _shell_script(files: ProjectFiles, word: str) -> str | None:
    """The word, when it names one of the project's files that a shell runs."""
    path = word.removeprefix("/app/").removeprefix("./").lstrip("/")
    candidates = (path, path.rpartition("/")[2], *(f"{folder}/{path.rpartition('/')[2]}" for folder in ("docker", "scripts", "bin", "deploy", ".docker")))
    for name in candidates:
        first = (files.text(name) or "").partition("\n")[0] if "/" in word or word.endswith(".sh") else ""
        if first.startswith("#!") and first.rstrip().split("/")[-1].split()[-1] in ("sh", "bash", "ash", "dash", "zsh"):
            return word
    return word if word.endswith(".sh") else None


def _detected(around: Surroundings) -> tuple[Start, str]:
    candidates = _candidates(around)
    if len(candidates) == 1:
        start = candidates[0]
        return start, f"The command is `{' '.join(start.words)}`, because {start.reason}."
    if candidates:
        lines = [f"{around.settings.line(setting(start.words))}: {start.reason}" for start in candidates]
        places = " and ".join(dict.fromkeys(str(start.origin) for start in candidates))
        raise UserError(f"{len(candidates)} ways to start the service are equally good", where=places, fix="write one of\n" + "\n".join(lines))
    _refuse_serverless(around)
    raise UserError(
        "nothing in the project shows how the service starts",
        where=Origin(str(around.files.root)),
        fix="write its command, for instance\n" + around.settings.line(_EXAMPLE),
    )


def _candidates(around: Surroundings) -> tuple[Start, ...]:
    """The likeliest starts by what the code shows: one is the answer, more are a question to the user."""
    sources, locked = around.sources, around.locked
    starts = django.find(sources, locked, around.port)
    if starts:
        return starts
    scripted = scripts.console_scripts(around.manifest)
    found = applications.find(sources)
    served = tuple((item, server) for item in found if (server := applications.server_for(item, locked)) is not None)
    if served:
        likeliest = applications.best(tuple(item for item, _ in served))
        serving = tuple(applications.start_of(item, server, sources, around.port) for item, server in served if item in likeliest)
        # An object in some inner module of a package with its own script may be a part of it or all of it: nobody but the user knows.
        return serving if not scripted or likeliest[0].conventional else (*scripted, *serving)
    pages = scripts.pages(sources, locked, around.port)
    if pages:
        return pages
    return scripted or scripts.own_packages(sources) or scripts.main_files(sources)


def _refuse_serverless(around: Surroundings) -> None:
    """An application with nothing to serve it has a better message than `nothing found`."""
    found = applications.find(around.sources)
    manage = django.is_project(around.sources)
    if found:
        wanted = "uvicorn" if found[0].asgi else "gunicorn"
        what = f"`{found[0].name}` is a {found[0].framework} application"
        where = Origin(around.sources.shown(found[0].path), found[0].line)
    elif manage is not None:
        wanted, what, where = "gunicorn", "the project is a Django project", Origin(around.sources.shown(manage))
    else:
        return
    extra = _extra_with(around.manifest, wanted)
    fix = around.settings.line(f'extras = ["{extra}"]') if extra else f"{around.locked.add} {wanted}"
    raise UserError(f"{what}, but {around.locked.file} has no server for it", where=where, fix=fix)


def _extra_with(manifest: Manifest, distribution: str) -> str | None:
    """The optional dependencies that bring the distribution, as httpbin has Gunicorn in `mainapp`."""
    extras = {**mapping(manifest.tool("poetry").get("extras")), **mapping(manifest.project.get("optional-dependencies"))}
    return next((name for name, lines in extras.items() if distribution in names_of(strings(lines))), None)
