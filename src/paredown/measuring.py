"""Two images measured on one page: pictured, run in turn, held against the practices; with the verdict and the changes it becomes the report's value."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from paredown import inspection, measures, trims
from paredown.comparison import BuildTimes, Change, Comparison
from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.experiment import unstartable
from paredown.measures.interface import Life, Specimen, never_lived
from paredown.measures.lives import Effort, lives
from paredown.oci.layer_reader import read_each_layer
from paredown.oci.layout_reader import FoundImage, pick, read
from paredown.oci.pushed import pushed
from paredown.opening import Opened
from paredown.plan import Verification
from paredown.probes.app_files import app_folders
from paredown.probes.interface import Image, Subject
from paredown.reports.terminal import size_text
from paredown.result import Removal, Verdict
from paredown.runners.interface import Runner
from paredown.runners.launching import launch_of
from paredown.tree import APP, OwnerKind, Tree
from paredown.verdict.secrecy import known_secrets, without_secrets
from paredown.verification import lent

_NOT_BUILT = (BuildTimes(), BuildTimes())
_EFFORT = Effort()
_BY_RECORD = "By the record in the image after: what paredown took while it was built, of what its own parts brought."


def compare(
    before: Opened, after: Opened, verdict: Verdict, *, runner: Runner, settings: Verification, means: Means,
    changes: Sequence[Change] = (), builds: tuple[BuildTimes, BuildTimes] = _NOT_BUILT, effort: Effort = _EFFORT,
) -> Comparison:  # fmt: skip
    """All that can be measured of two images that lie in files; `builds` are those of the one before and of the one after, from who built them.

    Without `changes` those are told that the image after has a record of. Both are started in turn.
    """
    first, second = _lives(before, after, runner, settings, effort)
    one = _specimen(before, first, builds[0], means)
    other = _specimen(after, second, builds[1], means)
    return Comparison(
        before=one.picture,
        after=other.picture,
        verdict=verdict,
        measurements=measures.measured(one, other),
        exposures=measures.exposures(one, other),
        practices=measures.practices(one, other),
        changes=tuple(changes) or _trimmed(before.image.removals, after.image.removals),
        whose="" if changes else _BY_RECORD,
        how=_how(runner.name, effort.runs),
    )


def _lives(before: Opened, after: Opened, runner: Runner, settings: Verification, effort: Effort) -> tuple[Life, Life]:
    """Of both; one that cannot be started keeps none from being measured but itself."""
    found = []
    with ExitStack() as stack:
        subjects: dict[int, Subject] = {}
        for index, each in enumerate((before, after)):
            if reason := unstartable(each):
                found.append(never_lived(reason))
                continue
            machine = stack.enter_context(stack.enter_context(runner.install(each.runnable)).machine(settings.companions))
            launch = launch_of(each.image.config, each.image.tree, environment=dict(settings.environment))
            subjects[index] = Subject(image=each.image, machine=machine, launch=launch, settings=settings)
        run = dict(zip(subjects, lives(tuple(subjects.values()), effort), strict=True)) if subjects else {}
    first, second = (_told(run.get(index) or found.pop(0), settings) for index in (0, 1))
    return first, second


def _told(life: Life, settings: Verification) -> Life:
    """`life` without the user's secrets, which a service may have said in what it complained of."""
    known = known_secrets(lent(settings))
    complaints = {key: text if text is None else without_secrets(text, known) for key, text in life.complaints.items()}
    return replace(life, complaints=complaints, untried=without_secrets(life.untried, known))


def _specimen(image: Opened, life: Life, builds: BuildTimes, means: Means) -> Specimen:
    if image.runnable.path is None:
        raise UserError(f"{image.image.name} is in no file, of which layers could be measured", fix="write it to a file first")
    stored = pick(read(image.runnable.path), image.image.config.platform.architecture, where=image.image.name)
    stored = replace(stored, layers=tuple(pushed(layer, means.store) for layer in stored.layers))
    tree = _with_app(stored, image.image, means)
    return Specimen(
        image=replace(image.image, tree=tree),
        picture=inspection.pictured(stored, tree, means),
        layers=tuple(Tree(layer.entries) for layer in read_each_layer(stored.layers, means.store, means.progress)),
        life=life,
        builds=builds,
    )


def _with_app(stored: FoundImage, image: Image, means: Means) -> Tree:
    """The image's tree with all its owners: what lies in the app's folders, and nobody else's, is the app's."""
    tree = inspection.owned_tree(stored, means)
    folders = tuple(f"{folder}/" for folder in app_folders(image))
    return Tree(
        {path: replace(entry, owner=APP) if entry.owner.kind is OwnerKind.UNKNOWN and path.startswith(folders) else entry for path, entry in tree.items()}
    )


def _trimmed(before: tuple[Removal, ...], after: tuple[Removal, ...]) -> tuple[Change, ...]:
    """What the trims took of the image after and not of the one before, by its own record; the largest first."""
    there = {removal.path for removal in before}
    cards = {trim.card.id: trim.card for trim in trims.TRIMS}
    taken: dict[str, list[Removal]] = {}
    for removal in after:
        if removal.path not in there:
            taken.setdefault(removal.trim, []).append(removal)
    sizes = {name: sum(removal.size for removal in removals) for name, removals in taken.items()}
    return tuple(
        Change(
            rule=name,
            what=f"{len(taken[name]):,} {'file' if len(taken[name]) == 1 else 'files'}, {size_text(sizes[name])}",
            why=cards[name].why if name in cards else taken[name][0].reason,
        )
        for name in sorted(taken, key=lambda name: (-sizes[name], name))
    )


def _how(runner: str, runs: int) -> tuple[str, ...]:
    return (
        f"Both images were run by {runner}, side by side on one machine, in turn: start and stop are the medians of {runs} runs.",
        "Sizes are in units of 10⁶ bytes. Compressed ones are those of the layers as stored; layers that were stored plain were compressed by gzip.",
        "Practices are judged by what is in the image and by what was seen when it ran, never by what a Dockerfile says.",
    )
