"""The project's dependencies: any lock becomes one pylock, and its distributions become /opt/venv."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from paredown.composers.build_root import BuildRoot
from paredown.composers.interface import Means
from paredown.composers.locks import reader_of
from paredown.composers.locks.interface import Asked, text_at
from paredown.errors import UserError
from paredown.lock import FILE_NAME, Lock
from paredown.origin import Origin
from paredown.plan import Architecture, InstallDependencies, LockKind
from paredown.tree import Tree, digest_of, from_records, keyed, to_records

_FORMAT = 3  # of what the store remembers


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The locked distributions as a pylock (PEP 751) whose relative paths start at `folder`.

    `inputs` is the key of all it was made from; `changed` says that paredown.lock has to be written with both.
    `lock` is the user's file to point into, `indexes` settings for uv that may hold credentials.
    """

    pylock: str
    inputs: str
    changed: bool
    folder: Path
    lock: Path
    where: Origin
    indexes: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def resolve(
    step: InstallDependencies, project: Path, python: str, *, lock: Lock, means: Means, build: Callable[[], BuildRoot] | None = None
) -> Resolved:  # fmt: skip
    """The pylock of `step`: as its lock says, as paredown.lock keeps it, or solved now. `build` serves dependencies without static metadata.

    UserError when the lock cannot be read or is out of date, or when `means.locked` and paredown.lock does not keep an answer to these inputs.
    """
    reader = reader_of(step.kind)
    asked = Asked(step=step, project=project, python=python, means=means, build=build)
    files = [(str(path.relative_to(project)) if path.is_relative_to(project) else path.name, text_at(path, asked.where)) for path in reader.inputs(asked)]
    options = ["pylock", _FORMAT, step.kind, python, step.groups, step.extras, step.package]
    inputs = keyed([options, *([name, digest_of(text.encode())] for name, text in files)])
    changed = False
    if reader.FLOATING and lock.pylock_inputs == inputs:
        text = lock.pylock
    elif reader.FLOATING:
        if means.locked:
            state = f"was made from other inputs than {step.files[0]} is now" if lock.pylock_inputs else f"does not pin what {step.files[0]} asks for"
            raise UserError(f"{FILE_NAME} {state}", where=asked.where, fix=f"build once without --locked, and commit {FILE_NAME}")
        text, changed = reader.pylock(asked), True
    else:
        kept = means.store.recall("pylock", inputs)
        text = kept if isinstance(kept, str) else reader.pylock(asked)
        if kept is None:
            means.store.remember("pylock", inputs, text)
    return Resolved(
        pylock=text, inputs=inputs, changed=changed, folder=asked.main.parent, lock=asked.main, where=asked.where, indexes=_indexes(asked),
    )  # fmt: skip


def _indexes(asked: Asked) -> tuple[tuple[str, str], ...]:
    if asked.step.kind is not LockKind.REQUIREMENTS:
        return ()
    from paredown.composers.locks import requirements  # noqa: PLC0415

    return tuple(sorted(requirements.indexes(asked).items()))


def compose(
    resolved: Resolved, step: InstallDependencies, *, python: str, interpreter: str, architecture: Architecture, build: Callable[[], BuildRoot], means: Means,
) -> Tree:  # fmt: skip
    """/opt/venv with the distributions for `architecture`; `build` is called only when one has to be built from its source."""
    local = _digests_of_local(resolved)
    key = keyed([["venv", _FORMAT, str(means.store.root), python, interpreter, architecture, step.extras, step.groups, step.kind, means.epoch], resolved.inputs,
                 digest_of(resolved.pylock.encode()), local])  # fmt: skip
    kept = means.store.recall("venv", key)
    # The record tells of files in a folder of the store; who emptied that emptied the record's meaning.
    if kept is not None and all(Path(folder).is_dir() for folder in kept["folders"]):
        return from_records(kept["tree"])
    tree, folders = _composed(resolved, step, python, interpreter, architecture, build, means)
    means.store.remember("venv", key, {"folders": folders, "tree": to_records(tree)})
    return tree


def _composed(
    resolved: Resolved, step: InstallDependencies, python: str, interpreter: str, architecture: Architecture, build: Callable[[], BuildRoot], means: Means
) -> tuple[Tree, list[str]]:  # fmt: skip
    from paredown.composers import sources, venv, wheels  # noqa: PLC0415

    own = step.kind is LockKind.PYLOCK
    chosen = wheels.choose(
        resolved.pylock, folder=resolved.folder, python=python, architecture=architecture, glibc=wheels.glibc_of(python), lock=resolved.lock,
        extras=step.extras if own else (), groups=step.groups if own else None, where=resolved.where,
    )  # fmt: skip
    ready = []
    for one in chosen:
        if one.form is not wheels.Form.WHEEL:
            place = Origin(resolved.where.file, wheels.line_of_package(resolved.lock, one.name))
            one = sources.built(one, python=python, architecture=architecture, build=build, means=means, where=place)
        ready.append(one)
    installed, folders = venv.install(ready, python=python, architecture=architecture, environment=dict(resolved.indexes), means=means, where=resolved.where)
    return venv.skeleton(python, interpreter).over(installed), [str(folder) for folder in folders]


def _digests_of_local(resolved: Resolved) -> list[list[str]]:
    """What lies at the paths that the pylock names: folders of a workspace, archives beside the project."""
    if "path = " not in resolved.pylock:
        return []
    import tomllib  # noqa: PLC0415

    from paredown.composers.project_files import digest_of_files  # noqa: PLC0415

    found = []
    for package in tomllib.loads(resolved.pylock).get("packages", []):
        for file in (package.get("directory"), package.get("archive"), package.get("sdist"), *package.get("wheels", [])):
            if isinstance(file, dict) and "path" in file:
                path = resolved.folder / file["path"]
                if path.is_dir():
                    found.append([file["path"], digest_of_files(path)])
                elif path.is_file():
                    found.append([file["path"], digest_of(path.read_bytes())])
    return found
