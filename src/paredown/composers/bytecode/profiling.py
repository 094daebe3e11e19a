"""Start the service once, in the sandbox, and see which modules it imports until it has answered."""

import re
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from paredown import sandbox
from paredown.composers.bytecode.sources import module_name, source_of
from paredown.composers.interface import Means
from paredown.errors import ParedownError
from paredown.plan import VENV_FOLDER, Plan
from paredown.result import Skipped
from paredown.sandbox import Bind, Running, Sandbox
from paredown.sandbox.arguments import resolved

_WHAT = "profile of imports"
WATCHER = Path(__file__).with_name("import_watch.py")
_NOTES_FOLDER = "/.paredown"
NOTES = f"{_NOTES_FOLDER}/seen"  # as the watcher has it
_STANDARD_LIBRARIES = ("usr/lib/python3.*/os.py", "usr/local/lib/python3.*/os.py", "opt/*/lib/python3.*/os.py")
_NOT_THERE = "/paredown-asks-for-what-is-not-there"  # the page for errors imports things, too
_PATIENCE = 20.0  # seconds until the first answer
_GRACE = 2.0  # seconds for each page but the first, and for its end
_QUIET = 1.5  # seconds without an import after which a service without a port counts as started
_PATH = f"{VENV_FOLDER}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_HOSTS = b"127.0.0.1 localhost\n::1 localhost\n"


@dataclass(frozen=True, slots=True)
class Profile:
    """The modules that a service imports, sorted (see `sources.module_name`), and in a sentence each what kept it from going on."""

    modules: tuple[str, ...]
    notes: tuple[str, ...] = ()


def observe(root: Path, plan: Plan, argv: tuple[str, ...], means: Means, *, patience: float = _PATIENCE) -> Profile | Skipped:
    """Start `argv` on `root`, the finished image but for its bytecode, ask it a few pages, and tell what it imported.

    A service that cannot start here (it misses its database, for instance) is no error: what it imported until then counts. Skipped where no
    sandbox runs or its Python could not be watched.
    """
    if reason := sandbox.unavailable():
        return Skipped(what=_WHAT, reason=f"no sandbox can run here: {reason}")
    libraries = sorted({found.parent for pattern in _STANDARD_LIBRARIES for found in root.glob(pattern)})
    if not libraries:
        return Skipped(what=_WHAT, reason="the image has no Python standard library to watch")
    with TemporaryDirectory(dir=means.store.scratch) as notes:
        box = Sandbox(
            root=root, environment=_environment(plan), working_directory=plan.working_directory, uid=plan.user, overlay=True,
            files=(("/etc/hosts", _HOSTS), *_hooks(libraries, root)), binds=(Bind(Path(notes), _NOTES_FOLDER, writable=True),),
        )  # fmt: skip
        seen = Path(notes, "seen")
        try:
            with sandbox.start(box, argv) as running:
                note = _exercised(running, plan, seen, patience)
        except ParedownError as error:
            return Skipped(what=_WHAT, reason=error.what)
        modules = _modules(seen, root)
    if not modules:
        return Skipped(what=_WHAT, reason=f"no import of the service could be seen{f' ({note})' if note else ''}")
    return Profile(modules, (note,) if note else ())


def watcher(covered: bytes | None) -> bytes:
    """A `sitecustomize` that notes what is imported, and then does what the one that it covers does."""
    return WATCHER.read_bytes() + (b"" if covered is None else b"\nexec(compile(%r, __file__, 'exec'))\n" % covered)


def _hooks(libraries: list[Path], root: Path) -> tuple[tuple[str, bytes], ...]:
    """The watcher as each standard library's own `sitecustomize`: there an isolated interpreter (-I) finds it, and the environment stays as it is."""
    files: list[tuple[str, bytes]] = []
    for library in libraries:
        target = f"/{library.relative_to(root)}/sitecustomize.py"
        # One of the distributor's (Debian has a link to /etc there) runs after the watcher, which covers it.
        covered = root / resolved(root, target)[1:]
        files.append((target, watcher(covered.read_bytes() if covered.is_file() else None)))
        # A base that was compiled ahead may hold unchecked bytecode of it, which goes before the source; an empty file is no bytecode.
        compiled = library.glob("__pycache__/sitecustomize.*.pyc")
        files += [(f"/{path.relative_to(root)}", b"") for path in sorted(compiled)]
    return tuple(files)


def _environment(plan: Plan) -> dict[str, str]:
    ours = {"PATH": _PATH, "HOME": "/tmp", "USER": "app", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", "VIRTUAL_ENV": VENV_FOLDER}  # noqa: S108 - inside
    given = dict(plan.environment)
    given.pop("PYTHONPYCACHEPREFIX", None)  # it would hide which source the bytecode belongs to
    return {**ours, **given, "PYTHONDONTWRITEBYTECODE": "1"}


def _exercised(running: Running, plan: Plan, seen: Path, patience: float) -> str:
    """Wait for the service, ask it, end it; a sentence on what went wrong, or nothing."""
    if not plan.ports:
        note = _settled(running, seen, patience)
    else:
        port = plan.ports[0]
        healthy = plan.health.path if plan.health is not None and plan.health.path else "/"
        note = ""
        if sandbox.wait_until_answers(running, port, healthy, timeout=patience) is None:
            note = _ended(running) or f"the service did not answer on port {port} within {patience:g} seconds when it was profiled"
        else:
            for path in dict.fromkeys((healthy, "/", _NOT_THERE)):
                try:
                    sandbox.get(running, port, path, timeout=_GRACE)
                except OSError:
                    continue
    note = note or _deaf(running, plan)
    running.stop(grace=_GRACE)
    return note


def _deaf(running: Running, plan: Plan) -> str:
    """A sentence when the service has no handler for the signal that ends it: process 1, which it is, ignores signals without one (pid_namespaces(7))."""
    wanted = plan.stop_signal or "SIGTERM"
    number = getattr(signal, wanted, None)
    try:
        status = Path(f"/proc/{running.pid}/status").read_text("ascii", "replace")
    except OSError:
        return ""
    # Blocked signals are waited for by other means: sigwait, signalfd.
    masks = [int(mask, 16) for mask in re.findall(r"^Sig(?:Cgt|Blk):\s*([0-9a-f]+)$", status, re.MULTILINE)]
    if number is None or not masks or any(mask >> (number - 1) & 1 for mask in masks):
        return ""
    advice = ': `stop-signal = "SIGINT"` is one that it listens to' if any(mask >> (signal.SIGINT - 1) & 1 for mask in masks) else ""
    return f"the service does not listen to {wanted}, so an engine waits in vain and then kills it{advice}"


def _settled(running: Running, seen: Path, patience: float) -> str:
    """Wait until nothing was imported for a while: all that can be known of a service without a port."""
    end = time.monotonic() + patience
    size = -1
    while time.monotonic() < end:
        if running.wait(_QUIET) is not None:
            return _ended(running)
        now = seen.stat().st_size if seen.exists() else 0
        if now == size:
            break
        size = now
    return ""


def _ended(running: Running) -> str:
    status = running.wait(0)
    if status is None:
        return ""
    said = running.output()[1].decode("utf-8", "replace").strip().splitlines()
    return f"the service ended with status {status} when it was profiled" + (f": {said[-1][:300]}" if said else "")


def _modules(seen: Path, root: Path) -> tuple[str, ...]:
    """The noted bytecode files as names of the sources that are in the image."""
    if not seen.exists():
        return ()
    names = set()
    for line in set(seen.read_bytes().split(b"\n")):
        source = source_of(line.decode("utf-8", "surrogateescape").lstrip("/"))
        if source and (root / resolved(root, f"/{source}")[1:]).is_file():
            names.add(module_name(source))
    return tuple(sorted(names))
