"""The whole compiler on one page: read, survey, profile, lay the foundation, add the app, write, prove."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from paredown import frontends
from paredown import lock as locks
from paredown.composers import app_files, health_check, launcher, project
from paredown.composers.build_root import host_architecture
from paredown.composers.bytecode.compilation import compile_sources
from paredown.composers.interface import Means
from paredown.delivery import LAYOUT, deliver
from paredown.errors import UserError, WorldError
from paredown.foundation import Choices, Foundation, lay, packed_layer, prepared
from paredown.frontends.interface import Overrides, Project
from paredown.ground import Ground, survey
from paredown.lock import Lock
from paredown.oci import layout
from paredown.oci.assemble import Image, ImageSet, image_of, image_set
from paredown.oci.compression import compression_named
from paredown.oci.reference import familiar
from paredown.packers import layers
from paredown.packers.configuration import configuration
from paredown.picture import merged, picture_of
from paredown.plan import Architecture, CopyFiles, DebianBase, InstallProject, Level, Plan, Platform
from paredown.pydist.outline import outline
from paredown.result import Artifact, Picture, Result, Skipped, Trimmed, Verdict
from paredown.stopwatch import Stopwatch
from paredown.store import replacing
from paredown.tree import OwnerKind, Tree, keyed

IMAGE_SUFFIX = ".oci.tar"  # of the file that is written where no output is named; app files never include such
_MOST_NAMED = 3
_PROOF = "verification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks of `paredown build`. None and () leave it to the project."""

    project: Path
    tag: str | None = None
    platforms: tuple[str, ...] = ()
    outputs: tuple[Path, ...] = ()
    load: bool = False
    trim: str | None = None
    bytecode: str | None = None
    compression: str = "gzip"
    verify: bool = True


def build(request: Request, means: Means) -> Result:
    """Make the image that `request` asks for, write it, and tell all of it."""
    watch = Stopwatch(means.progress)
    with watch.phase("read"):
        compression_named(request.compression)
        read = frontends.read(request.project, overrides=_overrides(request))
        outputs = _outputs(request, read.plan)
        plan = _without_outputs(read.plan, outputs)
        reference = f"{plan.name}:latest" if request.tag is None else request.tag
        familiar(reference)  # an unusable name is told before any work
        files = _app_files(plan)
        lock = old = locks.read(Path(plan.project) / locks.FILE_NAME)
    choices = Choices(trim=Level(read.trim), compression=request.compression)
    with watch.phase("resolve"):
        grounds, host, lock = _grounds(plan, lock, means)
        apps = {architecture: _app(plan, files, here, means) for architecture, here in grounds.items()}
    modules, known, lock, notes = _modules(read, host, apps[host.architecture], choices, lock, means, watch)
    images: list[Image] = []
    pictures: list[Picture] = []
    foundations: list[Foundation] = []
    for platform in plan.platforms:
        here, app = grounds[platform.architecture], apps[platform.architecture]
        with watch.phase("foundation") as lap:
            already = known if here is host else None
            foundation = lay(plan, here, app, choices, modules=modules, host=host, known=already, means=means)
            lap.reused = foundation.reused
        with watch.phase("app"):
            image, picture = _image(plan, here, app, foundation, choices, modules, host, means)
        foundations.append(foundation)
        images.append(image)
        pictures.append(picture)
        lock = here.build.pinned(lock)
    made = image_set(images, reference=reference)
    with watch.phase("write"):
        artifacts = deliver(made, outputs, means, load=request.load)
        if lock != old:
            notes += _write_lock(lock, Path(plan.project) / locks.FILE_NAME)
    verdict, unproved = _proved(request, read, plan, host, apps[host.architecture], images, made, artifacts, means, watch)
    return Result(
        name=reference,
        digest=made.digest,
        pictures=tuple(pictures),
        removals=foundations[0].removals,
        skipped=tuple(dict.fromkeys([skipped for foundation in foundations for skipped in foundation.skipped] + unproved)),
        phases=watch.phases,
        artifacts=artifacts,
        notes=(*plan.notes, *_shell_notes(plan, apps[host.architecture], lock, means), *_notes_of(foundations), *notes, *layout.notes(made)),
        verdict=verdict,
    )


def _notes_of(foundations: list[Foundation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for foundation in foundations for note in foundation.notes))


def _overrides(request: Request) -> Overrides:
    names = [architecture.value for architecture in Architecture]
    platforms: list[Platform] = []
    for text in request.platforms:
        system, _, machine = text.strip().partition("/")
        if system != "linux" or machine not in names:
            raise UserError(f"{text!r} is not a platform that paredown builds for", fix=f"one or more of {', '.join('linux/' + name for name in names)}")
        platforms.append(Platform(Architecture(machine)))
    name = request.tag.rpartition("/")[2].partition(":")[0] if request.tag else None
    wanted = tuple(dict.fromkeys(platforms)) or (Platform(host_architecture()),)
    trim = _one_of("--trim", request.trim, [level.value for level in Level if level is not Level.TIGHT])
    return Overrides(name=name, platforms=wanted, trim=trim, bytecode=_one_of("--bytecode", request.bytecode, ["imported", "all", "none"]))


def _one_of(option: str, value: str | None, choices: list[str]) -> str | None:
    if value is not None and value not in choices:
        raise UserError(f"{option} {value!r} is not known", fix=f"one of {', '.join(choices)}")
    return value


def _outputs(request: Request, plan: Plan) -> tuple[Path, ...]:
    """Where to write; an unusable place is told before any work."""
    name = plan.name.rpartition("/")[2].partition(":")[0]
    outputs = request.outputs or (() if request.load else (Path(f"{name}{IMAGE_SUFFIX}"),))
    for path in outputs:
        layout.refuse_unusable(path)
    return outputs


def _without_outputs(plan: Plan, outputs: tuple[Path, ...]) -> Plan:
    """`plan` that does not ship the images that earlier builds wrote into the project."""
    root = Path(plan.project).resolve()
    inside = [path.resolve().relative_to(root).as_posix() for path in outputs if path.resolve().is_relative_to(root)]
    # A killed build leaves its output under the name that `replacing` gave it.
    unwanted = [f"*{IMAGE_SUFFIX}", *(pattern for path in sorted(inside) for pattern in (f"/{path}", str(Path("/", path).with_name(f".*.{Path(path).name}"))))]
    steps = tuple(replace(step, exclude=(*step.exclude, *unwanted)) if isinstance(step, CopyFiles) else step for step in plan.steps)
    return replace(plan, steps=steps)


def _app_files(plan: Plan) -> Tree:
    parts = [app_files.compose(step, Path(plan.project)) for step in plan.steps if isinstance(step, CopyFiles)]
    return Tree().over(*parts)


def _grounds(plan: Plan, lock: Lock, means: Means) -> tuple[dict[Architecture, Ground], Ground, Lock]:
    """The ground of each platform, that of this machine (whose Python runs here), and the lock with all of them."""
    machine = host_architecture()
    grounds: dict[Architecture, Ground] = {}
    for architecture in dict.fromkeys([machine, *(platform.architecture for platform in plan.platforms)]):
        grounds[architecture] = survey(plan, architecture, lock=lock, means=means)
        lock = grounds[architecture].lock
    return grounds, grounds[machine], lock


def _app(plan: Plan, files: Tree, here: Ground, means: Means) -> Tree:
    """The app's files, and the project itself where it is a package."""
    parts = [
        project.compose(
            step, Path(plan.project), python=here.python, interpreter=here.interpreter, architecture=here.architecture, build=here.build, means=means
        )
        for step in plan.steps
        if isinstance(step, InstallProject)
    ]
    whole = files.over(*parts)
    return Tree({path: entry for path, entry in whole.items() if entry.owner.kind is OwnerKind.APP})


def _modules(
    read: Project, host: Ground, app: Tree, choices: Choices, lock: Lock, means: Means, watch: Stopwatch
) -> tuple[frozenset[str] | None, Trimmed | None, Lock, tuple[str, ...]]:
    """The modules to compile (None is all), the tree if it had to be made to find out, the lock with them, and what to tell."""
    if read.bytecode != "imported":
        return None if read.bytecode == "all" else frozenset(), None, lock, ()
    plan = read.plan
    inputs = keyed([host.distributions_key, outline(app, means.store).imports, plan.command.words, plan.environment, plan.working_directory])
    if lock.modules_inputs == inputs:
        return frozenset(lock.modules), None, lock, ()
    if means.locked:
        state = "does not tell which modules the service imports" if not lock.modules_inputs else "tells the imports of other code than this"
        raise UserError(f"{locks.FILE_NAME} {state}", where=locks.FILE_NAME, fix=f"build once without --locked, and commit {locks.FILE_NAME}")
    with watch.phase("compose"):
        known = prepared(plan, host, app, choices.trim, means)
    with watch.phase("profile"):
        modules, notes = _profiled(known.tree, plan, host, means)
    return frozenset(modules), known, replace(lock, modules_inputs=inputs, modules=modules), notes


def _profiled(tree: Tree, plan: Plan, host: Ground, means: Means) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The modules that the service imports when it starts on `tree`, and what to tell of the start."""
    from paredown.composers.bytecode.profiling import observe
    from paredown.materialise import remove_folder, write_folder

    root = Path(tempfile.mkdtemp(dir=means.store.scratch))
    try:
        write_folder(tree, root)
        profile = observe(root, plan, launcher.compose(plan, host.interpreter)[1], means)
    finally:
        remove_folder(root)
    if isinstance(profile, Skipped):
        raise WorldError(
            f"what the service imports could not be seen: {profile.reason}",
            fix=f"build where user namespaces are allowed or with `--bytecode all`, or commit a {locks.FILE_NAME} that was made where a sandbox can run",
        )
    return profile.modules, profile.notes


def _shell_notes(plan: Plan, app: Tree, lock: Lock, means: Means) -> tuple[str, ...]:
    """Which of the app's files start a shell, where the image has none."""
    if plan.shell or not isinstance(plan.base, DebianBase):
        return ()
    pins = lock.pins(plan.base.suite, "run", plan.platforms[0].architecture)
    if pins is not None and any(pin.name == "dash" for pin in pins.packages):
        return ()
    found = outline(app, means.store).starts_shell
    more = (f"{len(found) - _MOST_NAMED} more of the app's files start a shell.",) if len(found) > _MOST_NAMED else ()
    return (*(f"{path} starts a shell ({call}): the image has none; `shell = true` keeps one." for path, call in found[:_MOST_NAMED]), *more)


def _image(
    plan: Plan, here: Ground, app: Tree, foundation: Foundation, choices: Choices, modules: frozenset[str] | None, host: Ground, means: Means
) -> tuple[Image, Picture]:
    """The app laid on its foundation: one platform's image, and it in figures."""
    compiled = compile_sources(app, modules, python=host.python, interpreter=host.interpreter, host_tree=host.base(), means=means)
    mine = [packed_layer(layer, choices.compression, means) for layer in layers.split(app.over(compiled.tree))]
    config = configuration(
        plan,
        architecture=here.architecture,
        argv=launcher.compose(plan, here.interpreter)[1],
        health_argv=health_check.compose(plan, here.interpreter)[1],
        interpreter=here.interpreter,
        epoch=means.epoch,
        below=here.config,
    )
    stack = [*foundation.layers, *((name, layer) for name, layer, _ in mine)]
    image = image_of(config, stack)
    owners = merged((*foundation.owners, *(size for _, _, sizes in mine for size in sizes)))
    return image, picture_of(str(config.platform), image.descriptor.digest, stack, owners)


def _proved(
    request: Request, read: Project, plan: Plan, host: Ground, app: Tree, images: list[Image], made: ImageSet, artifacts: tuple[Artifact, ...],
    means: Means, watch: Stopwatch,
) -> tuple[Verdict | None, list[Skipped]]:  # fmt: skip
    """The verdict on the image for this machine, or why there is none."""
    here = [image for platform, image in zip(plan.platforms, images, strict=True) if platform.architecture is host.architecture]
    if not request.verify:
        return None, []
    if not here:
        return None, [Skipped(what=_PROOF, reason=f"the image is for {plan.platforms[0]}, which this machine does not run")]
    from paredown.proof import prove

    written = next((Path(artifact.where) for artifact in artifacts if artifact.kind.startswith(LAYOUT)), None)
    try:
        with watch.phase("verify") as lap:
            return prove(plan, host, app, here[0], made, written, read.verification, means, lap), []
    except WorldError as error:
        return None, [Skipped(what=_PROOF, reason=f"{error.what}; {error.fix}" if error.fix else error.what)]


def _write_lock(lock: Lock, path: Path) -> tuple[str, ...]:
    try:
        with replacing(path) as unfinished:
            unfinished.write_text(locks.text_of(lock), "utf-8")
    except WorldError as error:
        return (f"{path.name} could not be written ({error.what}): the next build may choose other packages",)
    return (f"{path.name} was written: commit it, and every machine builds the same image",)
