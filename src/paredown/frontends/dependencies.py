"""Which file says what to install: settings first, then locks by the tool that made them, then requirements, then manifests."""

import difflib
import fnmatch
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from paredown import toml_file
from paredown.errors import UserError
from paredown.frontends import foreign_locks, uv_lock
from paredown.frontends.interface import Locked
from paredown.frontends.project_files import ProjectFiles
from paredown.frontends.pyproject import Manifest, mapping, normalised
from paredown.frontends.requirements import names_in, names_of
from paredown.frontends.settings import Settings
from paredown.frontends.workspace import Member
from paredown.origin import Origin
from paredown.plan import InstallDependencies, LockKind

_TOOL_LOCKS = {"uv.lock": "uv", "poetry.lock": "poetry", "pdm.lock": "pdm", "Pipfile.lock": "pipenv"}
_KIND_OF = {"uv.lock": LockKind.UV_LOCK, "poetry.lock": LockKind.POETRY_LOCK, "pdm.lock": LockKind.PDM_LOCK, "Pipfile.lock": LockKind.PIPFILE_LOCK}
_ADD = {"uv": "uv add", "poetry": "poetry add", "pdm": "pdm add", "pipenv": "pipenv install"}
# Requirements files that serve development, by any part of their name.
_NOT_FOR_RUNNING = (
    "dev",
    "test",
    "doc",
    "lint",
    "ci",
    "build",
    "typing",
    "mypy",
    "local",
    "optional",
    "extra",
    "min",
    "benchmark",
    "constraints",
    "debug",
    "tools",
    "release",
)
_FOR_RUNNING = ("prod", "production", "base", "default", "main", "core", "common", "requirements", "app", "deploy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """The step (None when the project has no dependencies), what it locks, and notes."""

    step: InstallDependencies | None
    locked: Locked
    notes: tuple[str, ...] = ()


def choose(files: ProjectFiles, settings: Settings, manifest: Manifest, member: Member) -> Dependencies:
    """The one file to install from. Raises UserError when it is out of date, or when two would do equally well."""
    if settings.requirements:
        return _from_requirements(files, settings.requirements, settings, settings.origin("requirements"), ())
    if settings.lock:
        return _from_setting(files, settings, manifest, member)
    lock, notes = _tool_lock(files, settings, manifest, member)
    if lock is not None and not (lock == "uv.lock" and member.lock is None):
        return _from_tool_lock(lock, lock, files, settings, manifest, member, notes)
    pylock = _pylock(files, settings)
    if pylock:
        return _from_pylock(files, pylock, Origin(pylock), notes)
    requirements = _requirements_files(files, settings)
    if requirements:
        named = names_in(files, requirements)
        missing = sorted(names_of(manifest.requirements or ()) - named) if manifest.package else []
        if not missing:
            return _from_requirements(files, (requirements,), settings, Origin(requirements), (*notes, f"Dependencies are those of {requirements}."))
        notes = (*notes, f"{requirements} lacks `{missing[0]}`, which the package needs: dependencies are those of {manifest.file}.")
    return _from_manifest(files, settings, manifest, notes)


def _tool_lock(files: ProjectFiles, settings: Settings, manifest: Manifest, member: Member) -> tuple[str | None, tuple[str, ...]]:
    present = [name for name in _TOOL_LOCKS if files.exists(name) or (name == "uv.lock" and member.lock is not None)]
    if len(present) < 2:
        return (present[0] if present else None), ()
    tools = mapping(manifest.pyproject.get("tool"))
    backend = str(mapping(manifest.pyproject.get("build-system")).get("build-backend", ""))
    marks = {
        "uv.lock": "uv" in tools or backend.startswith("uv"),
        "poetry.lock": "poetry" in tools or backend.startswith("poetry"),
        "pdm.lock": "pdm" in tools or backend.startswith("pdm"),
        "Pipfile.lock": files.exists("Pipfile") and not manifest.project and "poetry" not in tools,
    }
    named = [name for name in present if marks[name]]
    if len(named) != 1:
        raise UserError(
            f"{' and '.join(present)} are both here, and pyproject.toml does not say which one counts",
            where=Origin(present[0]),
            fix="delete the stale one, or write one of\n" + "\n".join(settings.line(f'lock = "{name}"') for name in present),
        )
    others = " and ".join(name for name in present if name != named[0])
    return named[0], (f"Dependencies are those of {named[0]}, as pyproject.toml is made for {_TOOL_LOCKS[named[0]]}; {others} was not read.",)


def _from_setting(files: ProjectFiles, settings: Settings, manifest: Manifest, member: Member) -> Dependencies:
    lock = settings.lock or ""
    where = settings.origin("lock")
    if files.text(lock) is None:
        raise UserError(f"`lock` names {lock}, which does not exist", where=where, fix="name a lock that is in the project")
    name = lock.rpartition("/")[2]
    if name in _TOOL_LOCKS:
        return _from_tool_lock(name, lock, files, settings, manifest, member, ())
    if name == "pylock.toml" or fnmatch.fnmatch(name, "pylock.*.toml"):
        return _from_pylock(files, lock, where, ())
    if name.endswith((".txt", ".in")):
        return _from_requirements(files, (lock,), settings, where, ())
    raise UserError(
        f"`lock` names {lock}, which is no lock that is known", where=where, fix=f"name one of {', '.join(_TOOL_LOCKS)}, pylock.toml, or a requirements file"
    )


def _from_tool_lock(
    name: str, path: str, files: ProjectFiles, settings: Settings, manifest: Manifest, member: Member, notes: tuple[str, ...]
) -> Dependencies:  # fmt: skip
    _refuse_unknown_selection(settings, manifest)
    text = files.text(path) or ""
    package = None
    inputs: tuple[str, ...] = (path, "pyproject.toml")
    match name:
        case "uv.lock":
            if member.lock is None or member.block is None:
                raise UserError(f"{path} does not know the project `{manifest.name or files.root.name}`", where=Origin(path), fix="uv lock")
            path = member.lock.file
            pyproject = f"{member.folder}/pyproject.toml" if member.folder != "." else "pyproject.toml"
            uv_lock.refuse_outdated(member.lock, member.block, manifest.pyproject, manifest.text, pyproject)
            names = uv_lock.locked_names(member.lock, member.block, settings.groups, settings.extras)
            package = member.package
            inputs = (path, *dict.fromkeys((os.path.join(os.path.dirname(path), "pyproject.toml"), pyproject)))
        case "poetry.lock":
            names = foreign_locks.poetry_names(text, path, manifest.pyproject, manifest.text)
        case "pdm.lock":
            names = foreign_locks.pdm_names(text, path, manifest.pyproject, manifest.text)
        case _:
            pipfile = path.removesuffix(".lock")
            names = foreign_locks.pipfile_names(text, path, files.text(pipfile))
            inputs = (path, pipfile) if files.exists(pipfile) else (path,)
    step = InstallDependencies(
        kind=_KIND_OF[name], files=inputs, groups=settings.groups, extras=settings.extras, package=package, origin=Origin(path)
    )  # fmt: skip
    return Dependencies(step=step, locked=Locked(names=names, complete=True, file=path, add=_ADD[_TOOL_LOCKS[name]]), notes=notes)


def _refuse_unknown_selection(settings: Settings, manifest: Manifest) -> None:
    poetry = manifest.tool("poetry")
    # What only running code tells is left to the resolver.
    extras = settings.extras if manifest.extras is None else tuple(name for name, _ in manifest.extras)
    extras += tuple(mapping(poetry.get("extras")))
    groups = [*mapping(manifest.pyproject.get("dependency-groups")), *mapping(poetry.get("group")), *mapping(manifest.tool("pdm").get("dev-dependencies"))]
    if manifest.tool("uv").get("dev-dependencies"):
        groups.append("dev")
    for key, chosen, known in (("extras", settings.extras, extras), ("groups", settings.groups, groups)):
        for name in chosen:
            if normalised(name) not in {normalised(item) for item in known}:
                close = difflib.get_close_matches(name, known, n=1)
                fix = f'write "{close[0]}"' if close else f"known are: {', '.join(known)}" if known else f"remove it: {manifest.file} has no {key}"
                raise UserError(f"`{key}` names `{name}`, which {manifest.file} does not have", where=settings.origin(key), fix=fix)


def _pylock(files: ProjectFiles, settings: Settings) -> str | None:
    if files.exists("pylock.toml"):
        return "pylock.toml"
    found = [name for name in files.names() if fnmatch.fnmatch(name, "pylock.*.toml")]
    found = _most_likely(found, lambda name: name[len("pylock.") : -len(".toml")])
    return _only(found, settings, "lock = {}")


def _requirements_files(files: ProjectFiles, settings: Settings) -> str | None:
    for plain in ("requirements.txt", "requirements.lock", "requirements/production.txt", "requirements/prod.txt"):
        if files.exists(plain):
            return plain
    found = [name for name in files.names() if fnmatch.fnmatch(name, "*requirements*.txt")]
    found += [f"requirements/{name}" for name in files.names("requirements") if name.endswith(".txt")]
    return _only(_most_likely(found, _purpose), settings, "requirements = [{}]")


def _purpose(path: str) -> str:
    name = path.rpartition("/")[2].removesuffix(".txt")
    return name.replace("requirements", "").strip("-_. ") or "requirements"


def _most_likely(paths: list[str], purpose: Callable[[str], str]) -> list[str]:
    """Those that serve a run: what is for development left out, and the plainly named alone when there is one."""
    words = {path: purpose(path).lower() for path in paths}
    left = [
        path
        for path in paths
        if not any(part in words[path].replace("_", "-").replace(".", "-").split("-") or words[path].startswith(part) for part in _NOT_FOR_RUNNING)
    ]
    plain = [path for word in _FOR_RUNNING for path in left if words[path] == word]
    return plain[:1] if plain else left


def _only(found: list[str], settings: Settings, line: str) -> str | None:
    if len(found) < 2:
        return found[0] if found else None
    raise UserError(
        f"{' and '.join(found)} would each do as what to install",
        where=Origin(found[0]),
        fix="write one of\n" + "\n".join(settings.line(line.format(f'"{name}"')) for name in found),
    )


def _from_pylock(files: ProjectFiles, path: str, where: Origin, notes: tuple[str, ...]) -> Dependencies:
    names = foreign_locks.pylock_names(files.text(path) or "", path)
    step = InstallDependencies(kind=LockKind.PYLOCK, files=(path,), origin=where)
    return Dependencies(step=step, locked=Locked(names=names, complete=True, file=path, add="uv add"), notes=notes)


def _from_requirements(files: ProjectFiles, paths: Iterable[str], settings: Settings, where: Origin, notes: tuple[str, ...]) -> Dependencies:
    paths = tuple(paths)
    for path in paths:
        if files.text(path) is None:
            raise UserError(f"`requirements` names {path}, which does not exist", where=where, fix="name files that are in the project")
    if settings.extras or settings.groups:
        key = "extras" if settings.extras else "groups"
        raise UserError(
            f"`{key}` selects from a pyproject.toml, but dependencies are those of {paths[0]}",
            where=settings.origin(key),
            fix=f"remove `{key}`, or add what it brings to {paths[0]}",
        )
    names = frozenset[str]().union(*(names_in(files, path) for path in paths))
    step = InstallDependencies(kind=LockKind.REQUIREMENTS, files=paths, origin=where)
    # A compiled file names everything; one written by hand only what the project imports.
    complete = any("autogenerated by" in (files.text(path) or "")[:400] or "# via" in (files.text(path) or "") for path in paths)
    return Dependencies(step=step, locked=Locked(names=names, complete=complete, file=paths[0], add=f"add to {paths[0]}:"), notes=notes)


def _from_manifest(files: ProjectFiles, settings: Settings, manifest: Manifest, notes: tuple[str, ...]) -> Dependencies:
    chosen = [line for extra in settings.extras for name, lines in manifest.extras or () if normalised(name) == normalised(extra) for line in lines]
    names = names_of((*(manifest.requirements or ()), *chosen))
    if manifest.file is None:
        return Dependencies(step=None, locked=Locked(names=names, complete=True, file="the project", add="add to requirements.txt:"), notes=notes)
    _refuse_unknown_selection(settings, manifest)
    tool = next((name for name in ("poetry", "pdm") if manifest.tool(name)), "uv")
    add = _ADD[tool] if manifest.file.endswith("pyproject.toml") else f"add to {manifest.file}:"
    locked = Locked(names=names, complete=manifest.requirements == (), file=manifest.file, add=add)
    if manifest.requirements == () and not settings.groups and not settings.extras:
        return Dependencies(step=None, locked=locked, notes=notes)
    if manifest.requirements is not None:
        where = Origin(manifest.file, toml_file.line_of_key(manifest.text, ("project", "dependencies")) if manifest.text else None)
    else:
        where = Origin(manifest.file)
    setups = tuple(name for name in ("setup.py", "setup.cfg") if files.exists(name))
    # pip's way to the metadata of a setup.py goes through its build; pyproject.toml with a [project] table is read as it is.
    kind, inputs = (LockKind.PYPROJECT, ("pyproject.toml",)) if manifest.text and (manifest.project or not setups) else (LockKind.SETUP_PY, setups)
    step = InstallDependencies(kind=kind, files=inputs, groups=settings.groups, extras=settings.extras, origin=where)
    unlocked = f"No lock: the newest versions that {manifest.file} allows are installed; `paredown build` pins them in paredown.lock, a Dockerfile does not."
    return Dependencies(step=step, locked=locked, notes=(*notes, unlocked))
