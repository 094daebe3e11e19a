"""A better Dockerfile on one page: read the project and its Dockerfile, write the new one, build both, prove them equal, measure."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from statistics import median

from paredown import frontends, measuring, verification
from paredown import lock as locks
from paredown.backends.build import build, remove
from paredown.backends.interface import Backend, Built, Order
from paredown.comparison import Building, BuildTimes, Change, Comparison, Figure, Measured, NotMeasured
from paredown.composers import dependencies, musl
from paredown.composers.health_check import port_of
from paredown.composers.interface import Means
from paredown.composers.wheels import line_of_package
from paredown.dockerfile.parse import decoded
from paredown.emitters import git_version
from paredown.emitters.compose_file import compose_file
from paredown.emitters.dockerfile import dockerfile
from paredown.emitters.ignore_file import ignore_file
from paredown.emitters.interface import Context, Dialect, Style
from paredown.emitters.kubernetes import manifest
from paredown.emitters.seen import seen_in
from paredown.errors import UserError
from paredown.finding import Finding
from paredown.frontends.interface import Overrides
from paredown.frontends.requirements import files_of
from paredown.origin import Origin
from paredown.plan import CopyFiles, DebianBase, InstallDependencies, InstallProject, LockKind, Plan, Verification
from paredown.result import Verdict
from paredown.rules.dockerfiles import RULES
from paredown.rules.examine import examine
from paredown.rules.recipe import FolderContext

NAMES = ("Dockerfile", "Containerfile", "dockerfile")
IGNORE_FILE = ".dockerignore"
_RUNS = 3  # of each timed build; the first one is made once
_ENOUGH = 30  # seconds, after which a build is not timed once more
# What in a file says that folders of the project are installed too, or that only its code tells what to install.
_LOCAL = {
    LockKind.UV_LOCK: r"source = \{ (?:directory|editable|path) = \"(?!\.\")",
    LockKind.PYLOCK: r"(?m)^directory = |\bdirectory = \{|^\[packages\.directory\]",
    LockKind.REQUIREMENTS: r"(?m)^\s*(?:(?:-e|--editable)[ =]\s*)?(?:\.{1,2}(?:[/\[\s]|$)|file:)|@ file:",
    LockKind.PYPROJECT: r"(?m)^dynamic\s*=\s*\[[^\]]*[\"']dependencies[\"']",
}
_NOT_TOLD = NotMeasured("engines do not tell how much a build downloads")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks of `paredown optimize`. `dockerfile` is relative to `project`, the build context; None is a project without one."""

    project: Path
    dockerfile: str | None
    style: Style = Style.SLIM
    link: bool = True
    overrides: Overrides


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimised:
    """The new texts, what was there before, and what changed and why."""

    plan: Plan
    verification: Verification
    text: str
    ignored: str
    before: str | None
    ignored_before: str | None
    changes: tuple[Change, ...]
    remaining: tuple[Finding, ...]  # what rules find in the new one


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Both Dockerfiles built; without one before, only the new one is."""

    before: Built | None
    after: Built
    times: tuple[BuildTimes, BuildTimes]


def found(project: Path) -> str | None:
    """The name of the Dockerfile in the folder `project`, None when it has none."""
    return next((name for name in NAMES if (project / name).is_file()), None)


def optimised(request: Request, means: Means) -> Optimised:
    """The better Dockerfile of a project. Nothing of it is run, nothing is written. Raises UserError for what the user has to decide or correct."""
    before = _text(request.project / request.dockerfile, request.dockerfile) if request.dockerfile else None
    read = frontends.read(request.project, overrides=request.overrides, dockerfile=request.dockerfile)
    context = FolderContext(request.project)
    if request.style is Style.ALPINE:
        _refuse_without_musl(read.plan, request.project, means)
    text = dockerfile(read.plan, port_of(read.plan), _context(read.plan, request.project), request.style, Dialect(link=request.link))
    name = request.dockerfile or NAMES[0]
    remaining = examine(text, name, context)
    return Optimised(
        plan=read.plan,
        verification=read.verification,
        text=text,
        ignored=ignore_file(context.text(IGNORE_FILE), _excluded(read.plan)),
        ignored_before=context.text(IGNORE_FILE),
        before=before,
        changes=_changes(examine(before, name, context), remaining) if before is not None else (),
        remaining=remaining,
    )


def built(made: Optimised, request: Request, backend: Backend, options: tuple[str, ...], means: Means, *, timed: bool) -> Trial:
    """Both Dockerfiles built from copies of the project, which stays as it is. The image before is tagged `NAME:before`, the new one `NAME:optimized`.

    With `timed` each is built again: with everything cached, and with one line of code changed.
    """
    name = request.dockerfile or NAMES[0]
    repository = made.plan.name.partition(":")[0]
    with _copies(request.project, means) as (old, new):
        for path, text in (
            (old / name, made.before), (old / IGNORE_FILE, made.ignored_before), (new / name, made.text), (new / IGNORE_FILE, made.ignored),
            (new / f"{name}.dockerignore", None),
        ):  # fmt: skip
            path.unlink(missing_ok=True)  # a file that is linked is never written to: it is replaced
            if text is not None:
                path.write_text(text, "utf-8")
        before = None
        times = [BuildTimes(), BuildTimes()]
        if made.before is not None:
            order = Order(dockerfile=old / name, context=old, tag=f"{repository}:before", options=options)
            before, times[0] = _built(order, made.plan, backend, means, timed)
        order = Order(dockerfile=new / name, context=new, tag=f"{repository}:optimized", options=options)
        after, times[1] = _built(order, made.plan, backend, means, timed)
    return Trial(before=before, after=after, times=(times[0], times[1]))


def proven(
    made: Optimised, trial: Trial, *, runner: str | None, request: Request, means: Means, measure: bool
) -> tuple[Verdict, Comparison | None]:  # fmt: skip
    """Whether the new image behaves as the one before, but for what its Dockerfile declares; and, with `measure`, all figures of the two.

    Raises UserError when there was no Dockerfile before.
    """
    if trial.before is None:
        raise UserError("there is no Dockerfile to compare with", where=str(request.project), fix="`paredown verify` compares two images of yours")
    given = verification.match(trial.before.tag, trial.after.tag, runner=runner, project=request.project, means=means)
    given = replace(given, after=replace(given.after, image=replace(given.after.image, emitted=True)))
    verdict = verification.decided(given, means)
    if not measure:
        return verdict, None
    return verdict, measuring.compare(
        given.before, given.after, verdict, runner=given.runner, settings=given.settings, means=means, changes=made.changes, builds=trial.times,
    )  # fmt: skip


def manifests(made: Optimised, trial: Trial, found: Comparison) -> tuple[str, str]:
    """A compose file and a Kubernetes manifest with the restrictions that the new image was seen to work with."""
    seen = seen_in(found)
    return compose_file(made.plan, trial.after.tag, seen), manifest(made.plan, trial.after.tag, seen)


def _text(path: Path, name: str) -> str:
    try:
        return decoded(path.read_bytes(), name)
    except OSError as error:
        raise UserError(f"{name} cannot be read: {error.strerror}", where=name, fix="name a Dockerfile that can be read") from error


def _context(plan: Plan, project: Path) -> Context:
    step = next((step for step in plan.steps if isinstance(step, InstallDependencies)), None)
    kind = step.kind if step is not None else None
    main = step.files if step is not None else ()
    files = tuple(dict.fromkeys(file for one in main for file in files_of(project, one))) if kind is LockKind.REQUIREMENTS else ()
    texts = [(project / file).read_text("utf-8", "replace") for file in files or main[:1]]
    installed = next((step for step in plan.steps if isinstance(step, InstallProject)), None)
    manifests = [project / installed.folder / name for name in ("pyproject.toml", "setup.py", "setup.cfg")] if installed is not None else []
    manifest = "\n".join(path.read_text("utf-8", "replace") for path in manifests if path.is_file())
    return Context(
        uv=metadata.version("uv"), requirements=files, hashed=any("--hash=" in text for text in texts),
        local=kind in _LOCAL and any(re.search(_LOCAL[kind], text) for text in texts),
        version_variable=git_version.variable(manifest, installed.name) if installed is not None else "",
    )  # fmt: skip


def _refuse_without_musl(plan: Plan, project: Path, means: Means) -> None:
    step = next((step for step in plan.steps if isinstance(step, InstallDependencies)), None)
    if step is None or not isinstance(plan.base, DebianBase):
        return
    kept = locks.read(project / locks.FILE_NAME)
    resolved = dependencies.resolve(step, project.resolve(), plan.base.python, lock=kept, means=means)
    unfit = list(dict.fromkeys(name for platform in plan.platforms for name in musl.unfit(resolved, step, plan.base.python, platform.architecture)))
    if unfit:
        what = f"{', '.join(unfit)}: no wheel for musl, Alpine's C library, and Python {plan.base.python}"
        where = Origin(resolved.where.file, line_of_package(resolved.lock, unfit[0].partition(" ")[0]))
        raise UserError(what, where=where, fix="take `--style slim`, or lock versions that have one")


def _excluded(plan: Plan) -> tuple[str, ...]:
    return tuple(pattern for step in plan.steps if isinstance(step, CopyFiles) for pattern in step.exclude)


def _changes(before: tuple[Finding, ...], after: tuple[Finding, ...]) -> tuple[Change, ...]:
    """What rules found and find no more."""
    left = {finding.rule for finding in after}
    cards = {rule.card.id: rule.card for rule in RULES}
    return tuple(
        Change(rule=finding.rule, what=finding.message, why=cards[finding.rule].why, where=Origin(finding.place.file, finding.place.line or None))
        for finding in before
        if finding.rule not in left
    )


@contextmanager
def _copies(project: Path, means: Means) -> Iterator[tuple[Path, Path]]:
    """Two copies of the project in which files are links to the project's, so that they cost nothing; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="contexts-", dir=means.store.scratch) as folder:
        copies = Path(folder, "before"), Path(folder, "after")
        for copy in copies:
            shutil.copytree(project, copy, symlinks=True, copy_function=_linked)
        yield copies


def _linked(source: str, target: str) -> None:
    try:
        Path(target).hardlink_to(source)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _built(order: Order, plan: Plan, backend: Backend, means: Means, timed: bool) -> tuple[Built, BuildTimes]:
    if not timed:
        return build(backend, order, means.environment), BuildTimes()
    first = build(backend, replace(order, cached=False), means.environment)
    cached = _repeated(lambda _: build(backend, order, means.environment).seconds)
    changed: Measured = NotMeasured("the project has no Python file to change")
    if (module := _module(plan, order.context)) is not None:
        original = module.read_bytes()
        tag = f"{order.tag}-changed"

        def change(number: int) -> float:
            # The copies' own folder names the change, or an earlier run's layers would serve.
            _replace(module, original + f"\n# {order.context.parent.name} {number}\n".encode())
            seconds = build(backend, replace(order, tag=tag), means.environment).seconds
            remove(backend, tag, means.environment)
            return seconds

        changed = _repeated(change)
        _replace(module, original)
    times = BuildTimes(
        first=Building(seconds=Figure(first.seconds), downloaded=_NOT_TOLD),
        cached=Building(seconds=cached, downloaded=Figure(0)),
        code_change=Building(seconds=changed, downloaded=_NOT_TOLD),
    )
    return first, times


def _repeated(timed: Callable[[int], float]) -> Figure:
    """The median of a few builds; of slow ones of fewer, as what they take hardly differs."""
    seconds: list[float] = []
    while len(seconds) < _RUNS and sum(seconds) < _ENOUGH:
        seconds.append(timed(len(seconds)))
    return Figure(median(seconds), tuple(seconds))


def _replace(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def _module(plan: Plan, context: Path) -> Path | None:
    """A Python file of the service: the one that its command names, else the first there is."""
    folders = [step.source if isinstance(step, CopyFiles) else step.folder for step in plan.steps if isinstance(step, CopyFiles | InstallProject)]
    names = [word.partition(":")[0].replace(".", "/") for word in plan.command.words if ":" in word]
    for folder in folders or ["."]:
        for name in names:
            for place in (context / folder / f"{name}.py", context / folder / "src" / f"{name}.py", context / folder / "src" / name / "__init__.py"):
                if place.is_file():
                    return place
    return next(iter(sorted(path for path in context.rglob("*.py") if "test" not in path.name)), None)
