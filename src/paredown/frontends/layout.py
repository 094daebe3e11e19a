"""Whether the project is installed as a package, copied as an app, or both.

A package is installed, and its folder is not copied as well, unless something outside of it is needed when the service
runs: the module or a file that the command names, or files that services read from the folder they run in.
"""

from paredown.frontends.interface import Start
from paredown.frontends.project_files import ProjectFiles
from paredown.frontends.pyproject import Manifest, normalised
from paredown.frontends.settings import Settings
from paredown.origin import Origin
from paredown.plan import APP_FOLDER, CopyFiles, InstallProject

# What is read from the working directory by its name: Django and Flask, Alembic, Gunicorn, uvicorn's logging.
_READ_AT_RUN_TIME = (
    "manage.py", "alembic.ini", "alembic", "migrations", "gunicorn.conf.py", "gunicorn_config.py", "templates", "static", "logging.conf",
    "logging.yaml", "log_config.yaml", "alembic.toml",
)  # fmt: skip


def steps(
    files: ProjectFiles, settings: Settings, manifest: Manifest, folder: str, start: Start
) -> tuple[tuple[InstallProject | CopyFiles, ...], tuple[str, ...]]:  # fmt: skip
    """The steps, and a sentence on each choice. `folder` is that of the project or of the workspace's member."""
    copied = settings.app or folder
    where = settings.origin("app") if settings.app else Origin(manifest.file or ".")
    copy = CopyFiles(
        source=copied,
        destination=APP_FOLDER,
        include=settings.include,
        exclude=(*settings.exclude, *_base_in_project(files, settings)),
        allow_secrets=settings.allow_secrets,
        origin=where,
    )
    if not manifest.package:
        return (copy,), manifest.notes
    name = normalised(manifest.name or files.root.name)
    install = InstallProject(name=name, folder=folder, extras=settings.extras, origin=Origin(manifest.file or "."))
    reason = _needed(files, settings, manifest, folder, start)
    if reason is None:
        return (install,), (*manifest.notes, f"{name} is installed as a package; its folder is not copied.")
    return (install, copy), (*manifest.notes, f"{name} is installed as a package, and its files are copied to {APP_FOLDER} too: {reason}.")


def _base_in_project(files: ProjectFiles, settings: Settings) -> tuple[str, ...]:
    """The pattern of the image that is built upon, where it lies in the project: it is below the app already."""
    root = files.root.resolve()
    base = (root / settings.base).resolve() if settings.base is not None else root
    return (f"/{base.relative_to(root).as_posix()}",) if base != root and base.is_relative_to(root) else ()


def _needed(files: ProjectFiles, settings: Settings, manifest: Manifest, folder: str, start: Start) -> str | None:
    """Why the files outside of the package are needed, or None."""
    for key, written in (("app", settings.app), ("include", settings.include), ("exclude", settings.exclude)):
        if written:
            return f"`{key}` is written"
    prefix = "" if folder == "." else f"{folder}/"
    if start.working_directory:
        return f"the command runs in {start.working_directory}"
    for word in start.words:
        word = word.rpartition("=")[2]
        path = word.removeprefix(f"{APP_FOLDER}/").removeprefix("./")
        if path and not path.startswith(("/", "-")) and ("." in path or "/" in path) and ".." not in path and files.exists(prefix + path):
            return f"the command names {path}"
    top = (start.module or _module_of(start.words) or "").partition(".")[0]
    if top and top not in manifest.packages and (files.exists(f"{prefix}{top}.py") or files.is_folder(prefix + top)):
        return f"the command names the module {top}, which is beside the package"
    beside = [name for name in _READ_AT_RUN_TIME if files.exists(prefix + name) and name not in manifest.packages]
    return f"{beside[0]} may be read when it runs" if beside else None


def _module_of(words: tuple[str, ...]) -> str | None:
    """The module that a server's `module:app` names."""
    for word in words[1:]:
        left, colon, right = word.partition(":")
        if colon and left.replace(".", "").isidentifier() and right.rstrip("()").replace(".", "").isidentifier():
            return left
    return None
