"""Three runs side by side, before, before again and after: which probes run of which image, at the same time, and again where they differ."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from paredown.errors import UserError, WorldError
from paredown.opening import Opened
from paredown.plan import Verification
from paredown.probes import ASKERS, INSIDE, UP, session, start
from paredown.probes.exchange.interface import Listed
from paredown.probes.exchange.relay import Relay
from paredown.probes.exchange.routes import known_routes
from paredown.probes.exchange.script import Script
from paredown.probes.exchange.test_command import run_test
from paredown.probes.interface import Image, Seen, Subject, Unproven
from paredown.result import Difference, Observation, Skipped
from paredown.runners.interface import Installed, Machine, Runner, Service
from paredown.runners.launching import launch_of

BEFORE, AGAIN, AFTER = "before", "before again", "after"

_SESSION = "session"
_TASKS = (_SESSION, *INSIDE)
_AT_ONCE = 3  # of the tasks beside the sessions, which mostly wait for one another
_LONGEST_TEST = 600.0
_SLOWER, _EASE = 5.0, 15.0  # how much longer than the first one a later start may take: so many times, and seconds


@dataclass(frozen=True, slots=True)
class _Run:
    """One time through the tasks: of which image, and whether its session decides what is asked (`leads`) or asks last."""

    image: Image
    installed: Installed
    leads: bool = False
    last: bool = False
    up: Future[bool] = field(default_factory=Future)  # whether its service came up, as soon as that is known


@dataclass(slots=True, kw_only=True)
class Experiment:
    """The runs by name, and by (run, task) what was seen."""

    settings: Verification
    files: tuple[tuple[str, bytes], ...]
    environment: dict[str, str]
    runs: dict[str, _Run]
    script: Script = field(default_factory=Script)
    _seen: dict[tuple[str, str], tuple[Seen, ...]] = field(default_factory=dict)
    _patience: float = 0

    def run(self) -> None:
        """All that three runs are for. What the second one of the image before would see beside its session matters only where there is a difference."""
        self._perform([(run, task) for task in _TASKS for run in (BEFORE, AFTER, AGAIN) if run != AGAIN or task == _SESSION])

    def repeat(self, differences: Sequence[Difference]) -> bool:
        """Run once more, before and after, whatever saw one of `differences`, and what before again has left out; False when no run saw any of them."""
        suspects = {(difference.probe, difference.key) for difference in differences}
        tasks = {task for (_, task), seen in self._seen.items() if suspects & _keys(seen)}
        for run in (BEFORE, AFTER):
            self.runs[f"{run}, repeated"] = _Run(self.runs[run].image, self.runs[run].installed)
            if _SESSION not in tasks:
                self.runs[f"{run}, repeated"].up.set_result(True)
        more = [(AGAIN, task) for task in INSIDE if task in tasks]
        self._perform([(f"{run}, repeated", task) for task in _TASKS if task in tasks for run in (BEFORE, AFTER)] + more)
        return bool(tasks)

    def seen(self, run: str) -> tuple[Seen, ...]:
        """All that was seen in a run; where it has not done a task, what the first run of that image saw.

        What a run could not come to counts once, as its Unproven: what else there would have been to see is as it was before.
        """
        first = AFTER if run.startswith(AFTER) else BEFORE
        found: list[Seen] = []
        for task in _TASKS:
            source = run if self._seen.get((run, task)) else first
            here = self._seen.get((source, task), ())
            found += here
            if first == AFTER and (any(isinstance(each, Unproven) for each in here) or not self._is_possible(source, task)):
                there = _keys(here)
                found += [each for each in self._seen.get((BEFORE, task), ()) if isinstance(each, Observation) and (each.probe, each.key) not in there]
        return tuple(found)

    def _is_possible(self, run: str, task: str) -> bool:
        up = self.runs[run].up
        return task not in UP or (up.done() and up.result())

    def named(self, image: str) -> tuple[str, ...]:
        """The runs of the image `before` or `after`."""
        return tuple(name for name in self.runs if name.startswith(image))

    def _perform(self, tasks: list[tuple[str, str]]) -> None:
        with ThreadPoolExecutor(max_workers=max(1, len(tasks))) as pool:
            turns = threading.Semaphore(_AT_ONCE)
            results = [(task, pool.submit(self._done, *task, turns)) for task in tasks]
        for task, result in results:
            self._seen[task] = result.result()

    def _done(self, run: str, task: str, turns: threading.Semaphore) -> tuple[Seen, ...]:
        here = self.runs[run]
        if task == _SESSION:
            if here.leads or self.runs[BEFORE].up.result():
                return tuple(self._in_session(here))
            here.up.set_result(False)  # nothing is known that it could be asked, and others wait for it
            return ()
        self.runs[AGAIN].up.result()  # the sessions mostly wait: begun first, they leave room for all else
        if task in UP and not here.up.result():
            return ()
        with turns:
            return tuple(self._alone(here, task))

    def _in_session(self, run: _Run) -> Iterator[Seen]:
        begun = time.monotonic()
        is_ready = False
        try:
            with run.installed.machine(self.settings.companions) as machine:
                is_ready = True
                subject = self._subject(run, machine)
                listed = known_routes(subject) if run.leads else Listed()
                if isinstance(listed, Skipped):
                    yield listed
                    listed = Listed()
                more = (self._test,) if self.settings.test else ()
                begun = time.monotonic()
                for seen in session.observe(subject, self.script, ASKERS, leads=run.leads, last=run.last, listed=listed, files=self.files, more=more):
                    if isinstance(seen, Observation) and (seen.probe, seen.key) == (start.NAME, session.COMES_UP):
                        if run.leads:
                            self._patience = round(_EASE + _SLOWER * (time.monotonic() - begun))
                        run.up.set_result(seen.value is None)
                    yield seen
        except WorldError as error:
            if run.leads and not is_ready:  # a companion that does not come up, most likely: no image is to blame
                raise
            yield Unproven(_SESSION, error.what)
        finally:
            if run.leads:
                self.script.finish()  # whatever happened: the others wait for what it asks
            if not run.up.done():
                run.up.set_result(False)

    def _alone(self, run: _Run, task: str) -> Iterator[Seen]:
        try:
            with run.installed.machine(self.settings.companions) as machine:
                yield from INSIDE[task](self._subject(run, machine))
        except WorldError as error:
            yield Unproven(task, error.what)

    def _subject(self, run: _Run, machine: Machine) -> Subject:
        """The image on a machine; a start is not awaited for ever once it is known how long the first one took."""
        patience = min(self.settings.patience, self._patience or self.settings.patience)
        launch = launch_of(run.image.config, run.image.tree, environment=dict(self.settings.environment))
        return Subject(image=run.image, machine=machine, launch=launch, settings=replace(self.settings, patience=patience))

    def _test(self, service: Service, subject: Subject) -> Iterator[Seen]:
        """The user's own test command, through a port of this machine."""
        with Relay(service, subject.launch.ports[0]) as relay:
            seen = run_test(relay.url, self.settings.test, Path(self.settings.project), self.environment, _LONGEST_TEST)
        yield seen
        if seen.value["status"] != 0 and subject.image.before is None:
            how = f"`{seen.key}` ends with status {seen.value['status']}"
            yield Unproven("the test command", f"{how} against the image before: nothing follows from what it says of the one after")


def unstartable(image: Opened) -> str | None:
    """Why nothing of the image can be started, whatever its programs are; None when that has to be tried."""
    try:
        launch = launch_of(image.runnable.config, image.runnable.tree)
    except UserError as error:
        return error.what
    return None if launch.argv else "the image has no command to start"


def _keys(seen: tuple[Seen, ...]) -> set[tuple[str, str]]:
    return {(each.probe, each.key) for each in seen if isinstance(each, Observation)}


@contextmanager
def experiment(
    before: Opened, after: Opened, *, runner: Runner, settings: Verification, files: tuple[tuple[str, bytes], ...], environment: dict[str, str]
) -> Iterator[Experiment]:
    """Both images made ready to run; nothing of them is left when the context ends."""
    with runner.install(before.runnable) as first, runner.install(after.runnable) as second:
        runs = {BEFORE: _Run(before.image, first, leads=True), AGAIN: _Run(before.image, first, last=True), AFTER: _Run(after.image, second)}
        yield Experiment(settings=settings, files=files, environment=environment, runs=runs)
