"""Takes shells and package managers, unless the plan asks for a shell or the app starts one."""

import posixpath
import re
from collections.abc import Iterator

from paredown.packages.roles import SHELLS
from paredown.pydist.facts import Facts
from paredown.tree import Tree
from paredown.trims.interface import Level, trim

_PACKAGES = frozenset(
    {"apt", "libapt-pkg7.0", "libapt-pkg6.0", "dpkg", "debconf", "debconf-i18n", "bash", "dash", "busybox", "busybox-static", "cdebconf", "sqv", "gpgv"}
)
_MANAGERS = re.compile(r"(?:apt(?:-.+)?|dpkg(?:-.+)?|debconf(?:-.+)?|apk|dnf|yum|rpm|microdnf|add-shell|remove-shell|update-ca-certificates|c_rehash)")
_BINARIES = ("bin/", "sbin/", "usr/bin/", "usr/sbin/", "usr/local/bin/", "usr/local/sbin/")
# What is asked and done on installing and removing a package; what packages are built against.
_FOR_DPKG = re.compile(r"var/lib/dpkg/info/[^/]+\.(?:templates|config|symbols|shlibs|triggers|(?:pre|post)(?:inst|rm))")
_SETTINGS = ("etc/apt/", "usr/lib/apt/", "usr/lib/dpkg/", "usr/share/dpkg/", "etc/dpkg/", "usr/share/debconf/", "usr/share/perl5/Debconf/", "etc/debconf.conf")


@trim(
    id="shells-and-package-managers",
    level=Level.LEAN,
    once=True,
    summary="shells, apt, dpkg, debconf, their settings and scripts, unless a shell is asked for",
    why="A service needs neither to run, and an intruder needs both. They stay with `shell = true`, when the start command names them, when the app itself "
    "calls os.system, os.popen or shell=True, or when the project asks for their package.",
    sources=("GoogleContainerTools/distroless#1409", "GoogleContainerTools/distroless#601", "https://csrc.nist.gov/pubs/sp/800/190/final"),
    before=("usr/bin/dash", "usr/bin/apt-get", "etc/apt/apt.conf.d/01x", "usr/bin/python3.13", "var/lib/dpkg/info/tzdata.list",
            "var/lib/dpkg/info/tzdata.templates", "var/lib/dpkg/info/tzdata.postinst", "var/lib/dpkg/status"),
    after=("usr/bin/python3.13", "var/lib/dpkg/info/tzdata.list", "var/lib/dpkg/status"),
)  # fmt: skip
def shells_and_package_managers(tree: Tree, facts: Facts) -> Iterator[tuple[str, str]]:
    if facts.shell:
        return
    command = {posixpath.basename(word) for words in facts.command for word in words.split()}
    shell_stays = bool(facts.starts_shell) or bool(command & SHELLS)
    for path, entry in tree.items():
        name = posixpath.basename(path)
        owner = entry.owner.name
        if owner in facts.system_packages or (shell_stays and (owner in ("bash", "dash", "busybox") or name in SHELLS)):
            continue
        if _FOR_DPKG.fullmatch(path) and "dpkg" not in facts.system_packages:
            yield path, "for dpkg's tools alone, when a package is installed, removed or built"
            continue
        if path.startswith(("usr/share/doc/", "var/lib/dpkg/")):
            continue  # copyright, and the record of what is installed, which scanners read
        if path.startswith(_BINARIES) and (name in SHELLS or _MANAGERS.fullmatch(name)) and name not in command:
            yield path, "a shell, and nothing asks for one" if name in SHELLS else "part of a package manager, which a finished image does not need"
        elif owner in _PACKAGES or path.startswith(_SETTINGS):
            yield path, f"belongs to {owner or 'a package manager'}, which a finished image does not need"
