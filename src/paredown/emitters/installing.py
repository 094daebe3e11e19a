"""How a builder stage installs the service's distributions into /opt/venv: by uv, or by the tool that made the lock."""

from collections.abc import Iterator

from paredown.emitters.instructions import bind, run
from paredown.emitters.interface import Context
from paredown.errors import UserError
from paredown.plan import VENV_FOLDER, CopyFiles, InstallDependencies, InstallProject, LockKind, Plan

_CACHE = "type=cache,target=/root/.cache/uv"


def dependencies(step: InstallDependencies, context: Context) -> str:
    """The RUN that installs what `step` names, before any code is there: it runs again only when one of the files it binds changes."""
    chosen = _chosen(step)
    match step.kind:
        case LockKind.UV_LOCK:
            if context.members:
                # Without the members' own files a lock cannot be checked against them; that is done when they are there.
                return run([f"uv sync --frozen --no-default-groups --no-install-workspace{chosen}"], [_CACHE, *map(bind, step.files)])
            return run([f"uv sync --locked --no-default-groups --no-install-project{chosen}"], [_CACHE, *map(bind, step.files)])
        case LockKind.PYLOCK:
            return run([_made(), f"uv pip sync --preview-features pylock {step.files[0]}"], [_CACHE, bind(step.files[0])])
        case LockKind.REQUIREMENTS:
            files = context.requirements or step.files
            checked = " --require-hashes" if context.hashed else ""
            return run([_made(), f"uv pip install{checked} --requirement {step.files[0]}"], [_CACHE, *map(bind, files)])
        case LockKind.POETRY_LOCK:
            groups = f" --with {','.join(step.groups)}" if step.groups else ""
            extras = "".join(f" --extras {extra}" for extra in step.extras)
            return run([_made(), f"uvx poetry install --only main --no-root --no-directory{groups}{extras}"], [_CACHE, *_both(step, "pyproject.toml")])
        case LockKind.PDM_LOCK:
            groups = "".join(f" --group {group}" for group in (*step.groups, *step.extras))
            return run([_made(), f"uvx pdm sync --prod --no-self{groups}"], [_CACHE, *_both(step, "pyproject.toml")])
        case LockKind.PIPFILE_LOCK:
            exported = "uvx pipenv requirements --hash > /tmp/requirements.txt"
            return run([_made(), exported, "uv pip install --requirement /tmp/requirements.txt"], [_CACHE, *_both(step, "Pipfile")])
        case LockKind.PYPROJECT:
            return run([_made(), f"uv pip install{_chosen(step)} --requirement {step.files[0]}"], [_CACHE, bind(step.files[0])])
        case LockKind.SETUP_PY:
            return run([_made()])


def project(step: InstallProject, plan: Plan) -> str:
    """The RUN that builds the project and installs it as a wheel: nothing of it points back to its sources."""
    locked = next((one for one in plan.steps if isinstance(one, InstallDependencies)), None)
    if locked is not None and locked.kind is LockKind.UV_LOCK:
        return run([f"uv sync --locked --no-default-groups --no-editable{_chosen(locked)}"], [_CACHE])
    folder = "." if step.folder == "." else f"./{step.folder}"
    extras = f"[{','.join(step.extras)}]" if step.extras else ""
    # Where nothing is locked, building the project is also what installs its dependencies.
    alone = "" if locked is None or locked.kind is LockKind.SETUP_PY else " --no-deps"
    made = [] if locked is not None else [_made()]
    return run([*made, f"uv pip install{alone} {folder}{extras}"], [_CACHE])


def whole_context(plan: Plan) -> bool:
    """Whether the builder needs the code: to build it, or to compile it."""
    return any(isinstance(step, InstallProject | CopyFiles) for step in plan.steps)


def _made() -> str:
    return f"uv venv {VENV_FOLDER}"


def _both(step: InstallDependencies, manifest: str) -> Iterator[str]:
    folder = step.files[0].rpartition("/")[0]
    if folder:
        raise UserError(f"{step.files[0]} lies in a folder of its own", where=step.origin, fix="keep the lock beside the manifest, in the project's folder")
    yield bind(step.files[0])
    yield bind(manifest)


def _chosen(step: InstallDependencies) -> str:
    package = f" --package {step.package}" if step.package else ""
    return package + "".join(f" --extra {extra}" for extra in step.extras) + "".join(f" --group {group}" for group in step.groups)
