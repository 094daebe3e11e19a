"""Two images compared on one page: opened, looked at in rest, run three times, held side by side, judged."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from paredown import frontends, probes, trims
from paredown.composers.build_root import host_architecture
from paredown.composers.interface import Means
from paredown.errors import UserError, WorldError
from paredown.experiment import AFTER, BEFORE, Experiment, experiment, unstartable
from paredown.opening import Opened, image_of, opened
from paredown.plan import Level, Verification
from paredown.probes import INSIDE, UP, modules, session, start
from paredown.probes.exchange import request_files, test_command
from paredown.probes.exchange.interface import HttpRequest
from paredown.probes.interface import Image, Seen, Subject, Unproven
from paredown.result import Coverage, Difference, Observation, Removal, Skipped, Verdict
from paredown.runners.engine import engine_runner
from paredown.runners.interface import Runnable, Runner
from paredown.runners.launching import launch_of
from paredown.runners.sandbox import SandboxRunner
from paredown.stopwatch import Stopwatch
from paredown.tree import Tree
from paredown.trims.interface import Action
from paredown.verdict.comparison import Comparison, Run, compare, run_of
from paredown.verdict.intentions import intentions, made_by_paredown
from paredown.verdict.secrecy import concealed, names_a_secret, secrets_in

_Runs = dict[str, list[tuple[Seen, ...]]]  # of the image before and of the one after

_EXERCISED = "is exercised"
SANDBOX = "sandbox"
RUNNERS = (SANDBOX, "docker", "podman")
_OTHER = {"sandbox": "docker", "docker": "sandbox", "podman": "sandbox"}
_ALLOW = "allow user namespaces (`sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0`)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two images opened, what runs them, and the user's settings."""

    before: Opened
    after: Opened
    runner: Runner
    settings: Verification
    watch: Stopwatch


def match(before: str, after: str, *, runner: str | None, project: Path, means: Means, intended: tuple[str, ...] = ()) -> Match:
    """Open two images by name, with the settings in the folder `project`. UserError and WorldError for what cannot be opened or run."""
    watch = Stopwatch(means.progress)
    settings = frontends.verification(project)
    settings = replace(settings, intended=(*settings.intended, *intended))
    chosen = choose(runner, settings, means)
    with watch.phase("open"):
        return Match(before=opened(before, means), after=opened(after, means), runner=chosen, settings=settings, watch=watch)


def decided(given: Match, means: Means, *, fail_fast: bool = False) -> Verdict:
    """The verdict on the two. With `fail_fast` nothing is started when they differ at rest already."""
    return compared(
        given.before, given.after, runner=given.runner, settings=given.settings, environment=means.environment, watch=given.watch, fail_fast=fail_fast,
    )  # fmt: skip


def verify(
    before: str, after: str, *, runner: str | None, project: Path, means: Means, intended: tuple[str, ...] = (), fail_fast: bool = False
) -> Verdict:  # fmt: skip
    """The verdict on two images by name: `match`, then `decided`."""
    return decided(match(before, after, runner=runner, project=project, means=means, intended=intended), means, fail_fast=fail_fast)


def choose(name: str | None, settings: Verification, means: Means) -> Runner:
    """The runner called `name`, else the sandbox where it can do what is asked, else an engine. WorldError when none can run here."""
    needs_engine = any(companion.image for companion in settings.companions)
    reasons: dict[str, str] = {}
    for each in [name] if name else [each for each in RUNNERS if each != "sandbox" or not needs_engine]:
        runner: Runner = SandboxRunner(means.store) if each == "sandbox" else engine_runner(each, means.environment, means.store.scratch)
        reason = runner.unavailable()
        if reason is None:
            return runner
        reasons[each] = reason
    if name:
        raise WorldError(f"the runner {name} cannot run here: {reasons[name]}", fix=f"try `--runner {_OTHER[name]}`")
    told = "; ".join(f"{each}: {reason}" for each, reason in reasons.items())
    raise WorldError(f"nothing here can run the images ({told})", fix=f"start Docker or Podman, or {_ALLOW}")


def compared(
    before: Opened, after: Opened, *, runner: Runner, settings: Verification, environment: dict[str, str], watch: Stopwatch, fail_fast: bool = False
) -> Verdict:
    """The verdict on two images; `environment` is what the user's own test command gets."""
    if reason := unstartable(before):
        raise UserError(reason, where=before.image.name, fix="give an image that starts: what it does when it runs is what is compared")
    _check(settings, runner, before, environment)
    dead, foreign = unstartable(after), _foreign(before)
    after = replace(after, image=replace(after.image, before=before.image))
    files = requests_of(settings)
    with watch.phase("at rest"):
        judge = intentions(before.image, after.image, settings.intended, _trimmed(before.image, after.image))
        seen = {BEFORE: [at_rest(before.image)] * 2, AFTER: [at_rest(after.image)]}
        if dead:
            seen = {image: [(*run, _startable(dead if image == AFTER else None)) for run in runs] for image, runs in seen.items()}
        comparison = _comparison(seen)
    if foreign:
        seen = {image: [(*run, Unproven(session.SERVICE, foreign)) for run in runs] for image, runs in seen.items()}
    elif not dead and not (fail_fast and any(not difference.intended for difference in map(judge.judged, comparison.differences))):
        rest = seen
        with watch.phase("run"), experiment(before, after, runner=runner, settings=settings, files=files, environment=environment) as runs:
            runs.run()
            seen = _seen(rest, runs)
            comparison = _comparison(seen)
            unmeant = [difference for difference in map(judge.judged, comparison.differences) if not difference.intended]
            if unmeant and runs.repeat(unmeant):
                seen = _seen(rest, runs)
                comparison = _comparison(seen)
    differences = [judge.judged(difference) for difference in comparison.differences]
    first, *others = seen[BEFORE]
    coverage = tuple(each for each in first if isinstance(each, Coverage))
    verdict = Verdict(
        before=before.image.name,
        after=after.image.name,
        runner=runner.name,
        differences=tuple(difference for difference in differences if not difference.intended),
        intended=tuple(difference for difference in differences if difference.intended),
        unproven=_unproven((*first, *others[0]), coverage),
        skipped=tuple(dict.fromkeys(each for each in first if isinstance(each, Skipped))),
        coverage=coverage,
        masks=tuple(mask for mask in comparison.masks if mask.key != _EXERCISED),  # what is unproven is told as such
        checks=tuple(Counter(each.probe for each in first if isinstance(each, Observation)).items()),
        phases=watch.phases,
    )
    return concealed(verdict, lent(settings, files))


class Screening:
    """The part of a comparison that starts no service, of one image before and any number of trees after.

    That is files at rest, which modules import, and what the platform gives.
    """

    def __init__(self, before: Opened, runner: Runner, settings: Verification) -> None:
        self._before, self._runner, self._settings = before, runner, settings
        self._seen: tuple[Seen, ...] = ()

    def failing(self) -> dict[str, str]:
        """The modules of the image before that cannot be imported in it, each with what Python says; none of one that cannot be started here."""
        return {seen.key: seen.value for seen in self._first() if isinstance(seen, Observation) and seen.probe == modules.PROBE and seen.value}

    def differences(self, tree: Tree) -> tuple[Difference, ...]:
        """Those that were not meant; none of an image that cannot be started here."""
        if not self._first():
            return ()
        image = replace(image_of("slim", self._before.image.config, tree, self._before.image.store), before=self._before.image)
        seen = self._look(Opened(image, Runnable(config=image.config, tree=tree)))
        judge = intentions(self._before.image, image, self._settings.intended)
        found = map(judge.judged, _comparison({BEFORE: [self._seen, self._seen], AFTER: [seen]}).differences)
        return tuple(difference for difference in found if not difference.intended)

    def _first(self) -> tuple[Seen, ...]:
        """What is seen of the image before."""
        if not self._seen and not unstartable(self._before) and not _foreign(self._before):
            self._seen = self._look(self._before)
        return self._seen

    def _look(self, opened: Opened) -> tuple[Seen, ...]:
        with self._runner.install(opened.runnable) as installed, installed.machine() as machine:
            launch = launch_of(opened.image.config, opened.image.tree, environment=dict(self._settings.environment))
            subject = Subject(image=opened.image, machine=machine, launch=launch, settings=self._settings)
            inside = (observe(subject) for name, observe in INSIDE.items() if name not in UP)
            return (*at_rest(opened.image), *chain.from_iterable(inside))


def _foreign(image: Opened) -> str | None:
    """Why the image cannot run on this machine."""
    platform = image.image.config.platform
    own = f"linux/{host_architecture().value}"
    return None if f"{platform.os}/{platform.architecture}" == own else f"the image is for {platform}, this machine is {own}: only files were compared"


def _check(settings: Verification, runner: Runner, before: Opened, environment: dict[str, str]) -> None:
    """UserError for settings that cannot work, before anything runs."""
    owners = dict.fromkeys(launch_of(before.runnable.config, before.runnable.tree, environment=dict(settings.environment)).ports[:1], "the service")
    for companion in settings.companions:
        if bool(companion.image) == (runner.name == "sandbox"):
            kind, fix = ("the image " + companion.image, "choose `--runner docker`") if companion.image else ("a command", "choose `--runner sandbox`")
            raise UserError(f"the companion {companion.name} is {kind}, which the runner {runner.name} does not run", where=companion.origin, fix=fix)
        for port in companion.ports:
            owner = owners.setdefault(port, f"the companion {companion.name}")
            if owner != f"the companion {companion.name}":
                fix = "have one of them listen on another port: all share one network address"
                raise UserError(f"{owner} and the companion {companion.name} both take port {port}", where=companion.origin, fix=fix)
    if settings.test:
        test_command.check(settings.test, Path(settings.project), environment)


def lent(settings: Verification, files: tuple[tuple[str, bytes], ...] = ()) -> Iterator[str]:
    """The secrets that the user gave for the service and for its requests."""
    requests = [request for name, data in files for request in request_files.parse(name, data, settings.project)]
    headers = (*settings.headers, *(header for request in requests for header in request.headers))
    for name, value in (*headers, *settings.environment, *(pair for companion in settings.companions for pair in companion.environment)):
        if names_a_secret(name):
            yield from (value, value.rpartition(" ")[2])
    for request in requests:
        if isinstance(request, HttpRequest):
            yield from secrets_in(request.body.decode("utf-8", "replace"))


def _trimmed(before: Image, after: Image) -> tuple[Removal, ...]:
    """What paredown's trims would take of an image that another tool made, where paredown made the one after."""
    if made_by_paredown(before) or not made_by_paredown(after):
        return ()
    taking = tuple(trim for trim in trims.TRIMS if trim.action is Action.REMOVE)
    return trims.apply(before.tree, before.facts, Level.LEAN, before.store, taking).removals


def at_rest(image: Image) -> tuple[Seen, ...]:
    """What the probes see that need no run."""
    return tuple(seen for probe in probes.AT_REST for seen in probe(image))


def _startable(complaint: str | None) -> Observation:
    return Observation(probe=start.NAME, key=session.COMES_UP, value=complaint, kept=True)


def requests_of(settings: Verification) -> tuple[tuple[str, bytes], ...]:
    """The files with the user's own requests; UserError for what is wrong in them, before anything runs."""
    return tuple(_requests(settings.project, name) for name in settings.requests)


def _requests(project: str, name: str) -> tuple[str, bytes]:
    try:
        data = Path(project, name).read_bytes()
    except OSError as error:
        raise UserError(f"{name} cannot be read: {error.strerror}", where=name, fix="correct `requests`") from error
    request_files.parse(name, data, project)
    return name, data


def _seen(rest: _Runs, runs: Experiment) -> _Runs:
    """What each run of each image saw, at rest and running."""
    return {image: [(*rest[image][0], *runs.seen(name)) for name in runs.named(image)] for image in (BEFORE, AFTER)}


def _comparison(seen: _Runs) -> Comparison:
    unproven = {each.what for image in seen.values() for run in image for each in run if isinstance(each, Unproven)} - {session.SERVICE}
    return compare(*([_observations(run, unproven) for run in seen[image]] for image in (BEFORE, AFTER)))


def _observations(seen: tuple[Seen, ...], unproven: set[str]) -> Run:
    """A run's observations; what it could not exercise is one, too, as the other image's runs may have done it."""
    reasons = {each.what: each.reason for each in seen if isinstance(each, Unproven)}
    exercised = [Observation(probe=what, key=_EXERCISED, value=reasons.get(what), kept=True) for what in sorted(unproven)]
    return run_of([*(each for each in seen if isinstance(each, Observation)), *exercised])


def _unproven(seen: tuple[Seen, ...], coverage: tuple[Coverage, ...]) -> tuple[Skipped, ...]:
    """What the image before could not be made to do: of that nothing is known of the one after."""
    found = [Skipped(what=each.what, reason=each.reason) for each in seen if isinstance(each, Unproven)]
    found += [Skipped(what=item.what, reason=f"none of the {len(item.known)} known was exercised") for item in coverage if item.known and not item.exercised]
    return tuple(dict.fromkeys(found))
