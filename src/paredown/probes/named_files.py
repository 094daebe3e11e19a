"""Files, libraries and programs that the service's code names in constants are there."""

import posixpath
from collections.abc import Iterator

from paredown.probes.interface import Image, Seen
from paredown.pydist.loader import Loader
from paredown.pydist.service_code import named_by_code
from paredown.result import Observation
from paredown.tree import Kind, Tree

PROBE = "named files"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SHELL = "/bin/sh"
# What Python and the C library open for any service, without a line of its own code that names it.
_ALWAYS = (
    "/etc/group", "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/passwd", "/etc/protocols", "/etc/services",
    "/etc/ssl/certs/ca-certificates.crt",
)  # fmt: skip
# Folders that say nothing by being there: those that any system has for whatever may come, and what an engine mounts.
_GENERAL = frozenset(
    {
        "/etc/opt", "/etc/ssl", "/etc/xdg", "/home", "/opt", "/srv", "/usr/bin", "/usr/games", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64",
        "/usr/libexec", "/usr/libx32", "/usr/local", "/usr/local/bin", "/usr/local/etc", "/usr/local/games", "/usr/local/include", "/usr/local/lib",
        "/usr/local/lib64", "/usr/local/libexec", "/usr/local/man", "/usr/local/sbin", "/usr/local/share", "/usr/local/src", "/usr/sbin", "/usr/share",
        "/usr/src", "/var/backups", "/var/cache", "/var/lib", "/var/local", "/var/lock", "/var/log", "/var/mail", "/var/opt", "/var/run", "/var/spool",
        "/var/tmp",  # noqa: S108
        "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu",
    }
)  # fmt: skip
_RUNTIME = ("/proc/", "/sys/", "/dev/", "/run/", "/tmp/")  # noqa: S108 - paths in an image, which is at rest


def observe(image: Image) -> Iterator[Seen]:
    """One observation for each named thing that is there: the path, `library NAME`, `program NAME`, and `shell` where the app starts one.

    What an image lacks is not told, as nothing can be missed that was not there. What is told of the image before is told of this one, too, whoever
    names it, so that code which is gone does not look like a file which is gone. Files under /proc, /dev, /tmp and the general folders
    of a system are left out, and so are names that code puts together as it runs.
    """
    named = named_by_code(image.tree, image.facts, working_directory=image.config.working_directory, store=image.store)
    environment = dict(image.config.environment)
    folders = (environment.get("PATH") or _PATH).split(":")
    loader = Loader(image.tree, architecture=image.config.platform.architecture, library_path=environment.get("LD_LIBRARY_PATH", ""))
    asked = frozenset(seen.key for seen in observe(image.before) if isinstance(seen, Observation)) if image.before else frozenset()
    paths = {*named.constants.paths, *_ALWAYS, *(key for key in asked if key.startswith("/"))}
    for path in sorted(path for path in paths if _says_something(path)):
        if _is_there(image.tree, path):
            yield _fine(path)
        elif path in asked:
            yield _missing(path, f"{path} is not there")
    for name in sorted(named.constants.libraries | _asked(asked, "library")):
        if ".so" not in name:
            continue
        if loader.by_name(name) is not None:
            yield _fine(f"library {name}")
        elif f"library {name}" in asked:
            yield _missing(f"library {name}", f"{name} is in no folder that the loader looks in")
    for name in sorted(named.constants.programs | _asked(asked, "program")):
        if any(_runs(image.tree, f"{folder}/{name}") for folder in folders):
            yield _fine(f"program {name}")
        elif f"program {name}" in asked:
            yield _missing(f"program {name}", f"the program {name} is not on the PATH")
    if named.shell or "shell" in asked:
        if _runs(image.tree, _SHELL):
            yield _fine("shell")
        elif "shell" in asked:
            yield _missing("shell", f"{_SHELL} is not there")


def _asked(keys: frozenset[str], kind: str) -> frozenset[str]:
    return frozenset(key.removeprefix(f"{kind} ") for key in keys if key.startswith(f"{kind} "))


def _says_something(path: str) -> bool:
    return path not in _GENERAL and not path.startswith(_RUNTIME)


def _is_there(tree: Tree, path: str) -> bool:
    """Whether there is a file, or a folder with a file in it: an empty one is made by whoever needs it. `/media` is a route rather than a folder."""
    found = tree.resolve(path)
    if not found:
        return False
    return tree[found].kind is Kind.FILE or (path.count("/") > 1 and any(entry.kind is Kind.FILE for _, entry in tree.under(found)))


def _runs(tree: Tree, path: str) -> bool:
    found = tree.resolve(posixpath.normpath(path))
    return bool(found) and tree[found or ""].executable


def _fine(key: str) -> Observation:
    return Observation(probe=PROBE, key=key, value=None, kept=True)


def _missing(key: str, complaint: str) -> Observation:
    return Observation(probe=PROBE, key=key, value=complaint, kept=True)
