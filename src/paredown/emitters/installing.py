"""How a builder stage installs the service's distributions into /opt/venv: by uv, from any lock; the tool that made a lock exports it where uv reads it not."""

from collections.abc import Sequence

from paredown.emitters.instructions import bind, run
from paredown.emitters.interface import Context
from paredown.errors import UserError
from paredown.plan import VENV_FOLDER, CopyFiles, InstallDependencies, InstallProject, LockKind, Plan

_CACHE = "type=cache,target=/root/.cache/uv"
_MADE = f"uv venv {VENV_FOLDER}"
_EXPORTED = "/tmp/requirements.txt"  # noqa: S108 - in a stage that nobody else writes to
_EXPORTING = (LockKind.POETRY_LOCK, LockKind.PDM_LOCK, LockKind.PIPFILE_LOCK)


def dependencies(step: InstallDependencies, context: Context) -> str | None:
    """The RUN that installs what `step` names, before any code is there: it runs again only when one of the files it binds changes.

    None where only the code tells what to install. Raises UserError for a file that the build does not get.
    """
    _refuse_outside(step)
    if step.kind is LockKind.UV_LOCK:
        # Without the folders that it names a lock cannot be checked against them; that is done when they are there.
        left = "local" if context.local else "workspace" if step.package else "project"
        checked = "--locked" if left == "project" else "--frozen"
        return run([f"uv sync {checked} --no-default-groups --no-install-{left}{_chosen(step)}"], [_CACHE, *map(bind, step.files)])
    if context.local or step.kind is LockKind.SETUP_PY:
        return None
    return run([_MADE, *_commands(step, context)], [_CACHE, *map(bind, _files(step, context))])


def with_code(plan: Plan, context: Context, after: Sequence[str]) -> tuple[str, ...]:
    """The RUNs that install what needs the code: the project as a wheel, of which nothing points back to its sources, and folders that a lock names.

    `after` are the commands with which the last RUN ends.
    """
    step = next((one for one in plan.steps if isinstance(one, InstallDependencies)), None)
    projects = [one for one in plan.steps if isinstance(one, InstallProject)]
    if step is not None and step.kind is LockKind.UV_LOCK:
        synced = f"uv sync --locked --no-default-groups --no-editable{_chosen(step)}"
        return _versioned([synced], context, after) if projects or context.local else ()
    late = step is None or step.kind is LockKind.SETUP_PY or context.local
    commands = [_MADE] if late else []
    if step is not None and context.local and (step.kind is not LockKind.PYPROJECT or not projects):
        commands += _commands(step, context)
    # Where nothing is installed before, building the project is also what installs its dependencies.
    alone = late and (step is None or step.kind in (LockKind.SETUP_PY, LockKind.PYPROJECT))
    groups = "".join(f" --group {group}" for group in step.groups) if step is not None and alone else ""
    for one in projects:
        folder = "." if one.folder == "." else f"./{one.folder}"
        extras = f"[{','.join(one.extras)}]" if one.extras else ""
        commands.append(f"uv pip install{'' if alone else ' --no-deps'}{groups} {folder}{extras}")
    return _versioned(commands, context, after) if len(commands) > late else ()


def needs_uvx(step: InstallDependencies) -> bool:
    """Whether another tool than uv has to be run."""
    return step.kind in _EXPORTING


def whole_context(plan: Plan) -> bool:
    """Whether the builder needs the code: to build it, or to compile it."""
    return any(isinstance(step, InstallProject | CopyFiles) for step in plan.steps)


def _commands(step: InstallDependencies, context: Context) -> list[str]:
    match step.kind:
        case LockKind.UV_LOCK | LockKind.SETUP_PY:
            return []
        case LockKind.PYLOCK:
            return [f"uv pip sync --preview-features pylock {step.files[0]}"]
        case LockKind.REQUIREMENTS:
            checked = " --require-hashes" if context.hashed else ""
            return [f"uv pip install{checked}{''.join(f' --requirement {file}' for file in step.files)}"]
        case LockKind.POETRY_LOCK:
            groups = f" --with {','.join(step.groups)}" if step.groups else ""
            extras = "".join(f" --extras {extra}" for extra in step.extras)
            exported = f"uvx --with poetry-plugin-export poetry export --only main{groups}{extras} --output {_EXPORTED}"
        case LockKind.PDM_LOCK:
            groups = "".join(f" --group {group}" for group in (*step.groups, *step.extras))
            exported = f"uvx --from 'pdm[locked]' pdm export --prod{groups} --output {_EXPORTED}"
        case LockKind.PIPFILE_LOCK:
            groups = f" --categories 'packages {' '.join(step.groups)}'" if step.groups else ""
            exported = f"uvx pipenv requirements --hash{groups} > {_EXPORTED}"
        case LockKind.PYPROJECT:
            return [f"uv pip install{_chosen(step)} --requirement {step.files[0]}"]
    return [exported, f"uv pip install --requirement {_EXPORTED}"]


def _files(step: InstallDependencies, context: Context) -> tuple[str, ...]:
    if step.kind is LockKind.REQUIREMENTS:
        return context.requirements or step.files
    if step.kind in _EXPORTING:
        manifest = "Pipfile" if step.kind is LockKind.PIPFILE_LOCK else "pyproject.toml"
        if "/" in step.files[0]:
            what = f"{step.files[0]} lies in a folder of its own"
            raise UserError(what, where=step.origin, fix="keep the lock beside the manifest, in the project's folder")
        return step.files[0], manifest
    return step.files[:1]


def _refuse_outside(step: InstallDependencies) -> None:
    outside = next((file for file in step.files if file.startswith("../")), None)
    if outside is not None:
        fix = f'run it in the folder of {outside.rpartition("/")[2]}, with `package = "{step.package}"` in its settings' if step.package else None
        raise UserError(f"{outside} lies outside of the project's folder, which is all that a build gets", where=step.origin, fix=fix)


def _versioned(commands: Sequence[str], context: Context, after: Sequence[str]) -> tuple[str, ...]:
    if not context.version_variable:
        return (run([*commands, *after], [_CACHE]),)
    # After ARG every command that follows runs anew with another version: it comes as late as it can.
    return (
        "# The version comes from git, whose history is no part of a build: `--build-arg VERSION=1.2.3` tells it.",
        "ARG VERSION=0",
        run([*commands[:-1], f'{context.version_variable}="$VERSION" {commands[-1]}', *after], [_CACHE]),
    )


def _chosen(step: InstallDependencies) -> str:
    package = f" --package {step.package}" if step.package else ""
    return package + "".join(f" --extra {extra}" for extra in step.extras) + "".join(f" --group {group}" for group in step.groups)
