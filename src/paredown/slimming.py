"""A finished image made small: read, carved, packed, held against what it was; what a difference is blamed on is given back."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from paredown import beside, frontends
from paredown.advisories.contents import contents_of
from paredown.advisories.look_up import look_up
from paredown.carving import Carving, carve, pack
from paredown.composers.interface import Means
from paredown.delivery import deliver
from paredown.errors import UserError
from paredown.holdings import Holdings
from paredown.needs import Needs
from paredown.oci import layout
from paredown.oci.assemble import Image as Made
from paredown.oci.assemble import image_set
from paredown.oci.compression import compression_named
from paredown.oci.reference import familiar, name_for
from paredown.opening import Opened, opened
from paredown.plan import Level, Verification
from paredown.probes.interface import Image
from paredown.pydist.accelerators import cuda_note
from paredown.pydist.facts import Facts
from paredown.result import Answer, Artifact, Difference, Picture, Removal, Result, Skipped, Verdict
from paredown.runners.interface import Runner
from paredown.runners.sandbox import SandboxRunner
from paredown.stopwatch import Stopwatch
from paredown.tracing import opened_in_a_run
from paredown.tree import Tree
from paredown.verification import Screening, choose, compared, requests_of

SUFFIX = "-slim"
_MOST_TRIALS = 16  # of one level
_MOST_SCREENINGS = 24  # before a trial
_WEAKER = {Level.TIGHT: Level.LEAN, Level.LEAN: Level.SAFE}
_MOST_SHOWN = 8  # paths in a note
_NOT_WRITTEN = "Nothing was written, as the image would behave otherwise."


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asks of `paredown slim`. `project` is the folder with the settings of verifying."""

    image: str
    tag: str | None = None
    level: Level = Level.LEAN
    outputs: tuple[Path, ...] = ()
    load: bool = False
    compression: str = "gzip"
    project: Path = Path()
    runner: str | None = None
    keep: tuple[str, ...] = ()
    verify: bool = True
    advisories: tuple[Path, ...] = ()
    spare: Path | None = None
    companion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """One attempt, packed, and what comparing it came to."""

    carving: Carving
    made: Made
    picture: Picture
    verdict: Verdict | None

    @property
    def is_different(self) -> bool:
        return self.verdict is not None and self.verdict.answer is Answer.DIFFERENT

    @property
    def is_unproven(self) -> bool:
        return self.verdict is not None and self.verdict.answer is Answer.UNPROVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Slimmed:
    """All of one slimming, what the image holds now, and what was known of it."""

    result: Result
    tree: Tree
    facts: Facts


def slim(request: Request, means: Means) -> Slimmed:
    """Carve the image that `request` names, write the small one, and tell all of it. One that is different is not written.

    UserError for an image without Python, or one of which nothing can be taken.
    """
    watch = Stopwatch(means.progress)
    compression_named(request.compression)
    if request.level is Level.TIGHT and not request.verify:
        raise UserError("level tight goes with proof only", fix="leave out --no-verify, or take --trim lean")
    reference = request.tag or f"{name_for(request.image)}{SUFFIX}:latest"
    familiar(reference)
    outputs = request.outputs or (() if request.load else (Path(f"{reference.rpartition('/')[2].partition(':')[0]}.oci.tar"),))
    for path in outputs:
        layout.refuse_unusable(path)
    settings = frontends.verification(request.project)
    with watch.phase("open"):
        before = opened(request.image, means, foreign=True)
        _refuse(before.image)
        others = beside.asked(before.image, reference, request.spare, request.companion, outputs=outputs, load=request.load)
    with watch.phase("look up"):
        contents = contents_of(before.image.tree)
        looked_up = look_up(request.advisories, contents.subjects) if request.advisories else None
    carver = _Carver(request, before, settings, means, watch)
    trial = carver.smallest()
    made = image_set([trial.made], reference=reference)
    artifacts: tuple[Artifact, ...] = ()
    if not trial.is_different:
        with watch.phase("write"):
            artifacts = deliver(made, outputs, means, load=request.load)
            artifacts += tuple(beside.written(others, trial.made, trial.carving.tree, before.image, trial.carving.removals, request.compression, means))
    result = Result(
        name=reference,
        digest=made.digest,
        pictures=(trial.picture,),
        removals=trial.carving.removals,
        skipped=carver.skipped,
        phases=watch.phases,
        artifacts=artifacts,
        notes=(*_notes(request, carver, trial, before.image.tree.size), *(() if artifacts else (_NOT_WRITTEN,))),
        verdict=trial.verdict,
        holdings=Holdings(contents={"before": contents, "after": contents_of(trial.carving.tree)}, looked_up=looked_up),
    )
    return Slimmed(result=result, tree=trial.carving.tree, facts=trial.carving.facts)


class _Carver:
    """Carves an image at a level, less or more, and holds each outcome against the image before."""

    def __init__(self, request: Request, before: Opened, settings: Verification, means: Means, watch: Stopwatch) -> None:
        self._request, self._before, self._settings, self._means, self._watch = request, before, settings, means, watch
        self._runner = choose(request.runner, settings, means) if request.verify else None
        self._needs = Needs(image=before.image, keep=request.keep)
        self.skipped: tuple[Skipped, ...] = () if request.verify else (Skipped(what="verification", reason="it was not asked for"),)
        if self._runner is not None and request.level is Level.TIGHT:
            with watch.phase("trace"):
                found = opened_in_a_run(before, self._runner, settings, requests_of(settings))
            if isinstance(found, Skipped):
                self.skipped = (found,)
            else:
                self._needs = replace(self._needs, opened=found)
        self._screening = Screening(before, self._runner, settings) if isinstance(self._runner, SandboxRunner) else None
        if self._screening and request.level is Level.TIGHT:
            with watch.phase("screen"):
                self._needs = replace(self._needs, failing=self._screening.failing())
        self._trials = 0
        self.spared: frozenset[str] = frozenset()
        self.level = request.level

    def smallest(self) -> _Trial:
        """The smallest image that behaves as before: with what the differences are blamed on given back, else at a weaker level."""
        trial = self._tried(self._screened())
        while trial.is_different or (trial.is_unproven and self.level is Level.TIGHT):
            blamed = self._guilty(trial) if trial.is_different else frozenset[str]()
            if blamed and self._trials < _MOST_TRIALS:
                self.spared |= blamed
            elif self.level is not Level.SAFE:
                self.level, self._trials = _WEAKER[self.level], 0
            else:
                return trial
            trial = self._tried(self._screened())
        return trial

    def _guilty(self, trial: _Trial) -> frozenset[str]:
        removals = trial.carving.removals
        return _blamed(trial.verdict.differences if trial.verdict else (), removals) or self._found_by_halves(removals, self._works)

    def _screened(self) -> Carving:
        """What is carved, less what already its files, modules and platform show to be missed: a look that takes a part of a whole comparison's time."""
        carving = self._carved(self.spared)
        for _ in range(_MOST_SCREENINGS):
            blamed = self._missed(carving)
            if not blamed:
                break
            self.spared |= blamed
            carving = self._carved(self.spared)
        return carving

    def _missed(self, carving: Carving) -> frozenset[str]:
        differences = self._looked_at(carving)
        if not differences:
            return frozenset()
        return _blamed(differences, carving.removals) or self._found_by_halves(carving.removals, lambda given: not self._looked_at(self._carved_with(given)))

    def _looked_at(self, carving: Carving) -> tuple[Difference, ...]:
        if self._screening is None:
            return ()
        with self._watch.phase("screen"):
            return self._screening.differences(carving.tree)

    def _carved(self, spared: frozenset[str]) -> Carving:
        """The image with `spared` given back; UserError when nothing is taken from it."""
        with self._watch.phase("carve"):
            carving = carve(self._needs, self.level, spared, self._means.store)
        if not carving.removals:
            raise UserError(f"there is nothing to take from {self._request.image}", where=self._request.image, fix="use it as it is")
        return carving

    def _tried(self, carving: Carving) -> _Trial:
        self._trials += 1
        with self._watch.phase("pack"):
            made, picture = pack(carving.tree, self._before.image.config, self._request.compression, self._means)
        if self._runner is None:
            return _Trial(carving=carving, made=made, picture=picture, verdict=None)
        with self._watch.phase("verify", f"trial {self._trials} of at most {_MOST_TRIALS}" if self._trials > 1 else ""):
            verdict = _verdict(made, self._before, self._runner, self._settings, self._means)
        return _Trial(carving=carving, made=made, picture=picture, verdict=verdict)

    def _carved_with(self, given: Sequence[list[Removal]]) -> Carving:
        """The image with these given back, too."""
        return self._carved(self.spared.union(removal.path for removal in chain.from_iterable(given)))

    def _works(self, given: Sequence[list[Removal]]) -> bool:
        """Whether it behaves as before with these given back, as long as there may be trials."""
        return self._trials < _MOST_TRIALS and not self._tried(self._carved_with(given)).is_different

    def _found_by_halves(self, removals: tuple[Removal, ...], works: Callable[[Sequence[list[Removal]]], bool]) -> frozenset[str]:
        """What has to be given back where no difference names a path: of each trim and owner together, halved as long as one half is enough."""
        groups: dict[tuple[str, str], list[Removal]] = defaultdict(list)
        for removal in removals:
            groups[removal.trim, removal.owner.name].append(removal)
        guilty = halved([groups[key] for key in sorted(groups)], works)
        return frozenset(removal.path for removal in chain.from_iterable(guilty))


def halved(groups: Sequence[list[Removal]], works: Callable[[Sequence[list[Removal]]], bool]) -> Sequence[list[Removal]]:
    """Those of `groups` that have to be given back, by halves, as long as one half is enough; none when neither of the first two is."""
    whole = groups
    while len(groups) > 1:
        half = len(groups) // 2
        enough = next((part for part in (groups[:half], groups[half:]) if works(part)), None)
        if enough is None:
            return () if groups is whole else groups
        groups = enough
    return groups


def _verdict(made: Made, before: Opened, runner: Runner, settings: Verification, means: Means) -> Verdict:
    """The image as it was packed and read again, against the one before."""
    path = means.store.scratch / "slim.tar"
    layout.write_tar(image_set([made], reference="slim:latest"), path, means.store)
    try:
        after = opened(str(path), means, foreign=True)
        return compared(before, after, runner=runner, settings=settings, environment=means.environment, watch=Stopwatch())
    finally:
        path.unlink(missing_ok=True)


def _blamed(differences: Iterable[Difference], removals: Iterable[Removal]) -> frozenset[str]:
    """The removals that the differences are blamed on, the likeliest of each."""
    taken = {removal.path for removal in removals}
    named = ([path for culprit in difference.culprits if (path := culprit.path.strip("/")) in taken] for difference in differences)
    return frozenset(paths[0] for paths in named if paths)


def _refuse(image: Image) -> None:
    if not (*image.config.entrypoint, *image.config.command):
        raise UserError(f"{image.name} does not say what it starts", where=image.name, fix="give it a CMD or an ENTRYPOINT: what it starts tells what it needs")
    if not image.python:
        raise UserError(f"{image.name} has no Python 3", where=image.name, fix="name an image of a Python service")


def _notes(request: Request, carver: _Carver, trial: _Trial, before: int) -> tuple[str, ...]:
    spared, level, after = carver.spared, carver.level, trial.picture.uncompressed
    notes = [f"It was {before / 1e6:.1f} MB and is {after / 1e6:.1f} MB, {after / before:.2f} of it."]
    if spared:
        shown = [f"/{path}" for path in sorted(spared)[:_MOST_SHOWN]]
        more = f", and {len(spared) - _MOST_SHOWN} more" if len(spared) > _MOST_SHOWN else ""
        notes.append(f"Given back, as it was different without: {', '.join(shown)}{more}.")
    if level is not request.level:
        notes.append(f"At level {request.level} it could not be shown to behave as before: this is level {level}.")
    if note := cuda_note(trial.carving.tree, trial.carving.facts.distributions):
        notes.append(note)
    return tuple(notes)
