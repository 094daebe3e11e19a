"""Takes what package managers remember between two runs: indexes, downloaded archives, logs, backups."""

from collections.abc import Iterator

from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_FOLDERS = (
    ("var/lib/apt/lists/", "apt's package index"),
    ("var/cache/apt/", "apt's download cache"),
    ("var/cache/debconf/", "debconf's cache, only read when a package is configured"),
    ("var/cache/apk/", "apk's download cache"),
    ("var/cache/dnf/", "dnf's download cache"),
    ("var/cache/man/", "the index of manual pages"),
    ("var/log/apt/", "apt's log of what was installed"),
)
_FILES = {
    "var/log/dpkg.log": "dpkg's log",
    "var/log/bootstrap.log": "the log of how the base was made",
    "var/log/alternatives.log": "the log of update-alternatives",
    "var/lib/dpkg/status-old": "dpkg's backup of its status",
    "var/lib/dpkg/available": "dpkg's list of packages that could be installed",
    "var/lib/dpkg/available-old": "dpkg's backup of the available list",
    "var/lib/dpkg/diversions-old": "dpkg's backup of its diversions",
    "var/lib/dpkg/statoverride-old": "dpkg's backup of its overrides",
}


@trim(
    id="package-indexes",
    level=Level.SAFE,
    once=True,
    summary="indexes, caches, logs and backups of package managers",
    why="They are read by the package manager alone, which fetches them anew; nothing that runs as a service opens them.",
    sources=("https://docs.docker.com/build/building/best-practices/#apt-get", "goodwithtech/dockle CHECKPOINT.md DKL-DI-0005"),
    before=("var/lib/apt/lists/deb_Packages", "var/cache/apt/pkgcache.bin", "var/lib/dpkg/status-old", "var/lib/dpkg/status"),
    after=("var/lib/dpkg/status",),
)
def package_indexes(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    for path in tree:
        if not path.startswith("var/"):
            continue
        if reason := _FILES.get(path):
            yield path, reason
        for folder, reason in _FOLDERS:
            if path.startswith(folder):
                yield path, reason
