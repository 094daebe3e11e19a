"""The service of a finished image run once under the user's requests, and watched: which modules it imports and which libraries it loads."""

import posixpath
from collections.abc import Iterator

from paredown.composers.bytecode.profiling import NOTES, watcher
from paredown.composers.bytecode.sources import source_of
from paredown.errors import WorldError
from paredown.opening import Opened
from paredown.plan import Verification
from paredown.probes import ASKERS, session
from paredown.probes.exchange.interface import Listed
from paredown.probes.exchange.routes import known_routes
from paredown.probes.exchange.script import Script
from paredown.probes.interface import Seen, Subject
from paredown.result import Skipped
from paredown.runners.interface import Runnable, Runner, Service
from paredown.runners.launching import launch_of
from paredown.runners.sandbox import SandboxRunner
from paredown.tree import Tree, file_of, folder_of

_WHAT = "a watched run of the service"
_SECONDS = 60
# Run beside the service: what the watcher noted, and what every process has mapped.
_TELL = f"""
import glob
paths = set()
for name in [{NOTES!r}, *glob.glob("/proc/[0-9]*/maps")]:
    try:
        with open(name, encoding="utf-8", errors="replace") as lines:
            paths.update(line[line.find("/"):].rstrip("\\n") for line in lines if "/" in line)
    except OSError:
        pass
print("\\n".join(sorted(paths)))
"""


def opened_in_a_run(image: Opened, runner: Runner, settings: Verification, files: tuple[tuple[str, bytes], ...]) -> frozenset[str] | Skipped:
    """Paths of modules and libraries that the service of `image` came to until it had answered all requests; Skipped where it could not be watched."""
    if not isinstance(runner, SandboxRunner):
        return Skipped(what=_WHAT, reason=f"{runner.name} runs the image as it is; the sandbox can watch it")
    tree = image.runnable.tree
    watched = Runnable(config=image.runnable.config, tree=tree.over(_watcher(image)))
    found: set[str] = set()

    def look(service: Service, subject: Subject) -> Iterator[Seen]:
        ended = service.execute((subject.image.python, "-I", "-S", "-c", _TELL), timeout=_SECONDS)
        for line in ended.stdout.decode("utf-8", "replace").splitlines():
            path = line.lstrip("/")
            found.update(each for each in (path, source_of(path)) if each)
        yield from ()

    try:
        with runner.install(watched) as installed, installed.machine(settings.companions) as machine:
            launch = launch_of(watched.config, watched.tree, environment=dict(settings.environment))
            subject = Subject(image=image.image, machine=machine, launch=launch, settings=settings)
            listed = known_routes(subject)
            routes = listed if isinstance(listed, Listed) else Listed()
            for _ in session.observe(subject, Script(), ASKERS, leads=True, listed=routes, files=files, more=(look,)):
                pass
    except WorldError as error:
        return Skipped(what=_WHAT, reason=error.what)
    if not found:
        return Skipped(what=_WHAT, reason="the service did not come up, or could not be looked at while it was")
    return frozenset(target for path in found if (target := tree.resolve(path)))


def _watcher(image: Opened) -> Tree:
    """The watcher as the standard library's `sitecustomize`, with the one that it covers behind it, and a place for its notes."""
    tree, library = image.runnable.tree, image.image.facts.standard_library
    own = tree.resolve(f"{library}/sitecustomize.py")
    stale = [path for path, _ in tree.under(f"{library}/__pycache__") if posixpath.basename(path).startswith("sitecustomize.")]
    return Tree(
        {
            posixpath.dirname(NOTES).lstrip("/"): folder_of(mode=0o1777),
            f"{library}/sitecustomize.py": file_of(watcher(tree[own].read() if own is not None else None)),
            **{path: file_of(b"") for path in stale},
        }
    )
