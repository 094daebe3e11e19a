"""What packages' maintainer scripts would do to an image: nothing that matters, something modelled here, or unknown and to be run for real.

No script is passed over in silence: it is in KNOWN, or every line of it is one whose effect is known, or the package is really configured.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paredown.debian.deb import UnpackedDeb
from paredown.tree import Entry, Kind, Owner, Tree, link_of

SCRIPTS = ("preinst", "postinst")  # prerm and postrm run only when a package leaves, which none does

# Package names (whole-match patterns) whose scripts in Debian 12 and 13 were read, what these do at a first installation, and why an
# image misses nothing without running them. Nothing stands here on a guess: what was not read is configured for real.
KNOWN: dict[str, str] = {
    r"base-files": "/etc/profile, motd and log files for logins, empty folders; the system data has the folders that a service needs",
    r"bash|dash": "the link /bin/sh, which the base makes; alternatives of manual pages",
    r"binutils|gzip|libblas3|liblapack3|libgcrypt20|libgssapi-krb5-2|libselinux1|git|pkg-config|pkgconf": "nothing: moves after older releases",
    r"ca-certificates": "the bundle of all its certificates, which the base makes",
    r"coreutils": "a link for touch, which a merged /usr has",
    r"cpp|g\+\+|gawk|gcc": "alternatives, which are modelled; removal of stale links of older releases",
    r"debconf": "its own questions",
    r"dpkg": "its own database",
    r"libc-bin": "nsswitch.conf and ld.so.cache, which the system data has",
    r"libc6": "diversions in dpkg's database; otherwise nothing: restarts and moves after older releases",
    r"libpython3\.\d+-minimal": "nothing: it prints a comment",
    r"libreadline8t64": "diversions in dpkg's database",
    r"netbase": "/etc/hosts, which every engine makes, and /etc/networks, whose two names no service asks for",
    r"openssl": "a link for /usr/lib/ssl, which the package ships as a folder",
    r"perl": "nothing: it removes an alternative of an older release",
    r"python3\.\d+(-minimal)?": "bytecode, which paredown compiles; an empty site folder in /usr/local; a registration with binfmt",
    r"python3(-minimal|-distutils|-lib2to3)?": "bytecode, which paredown compiles; hooks for changes of the default version",
    r"readline-common": "an inputrc for interactive use",
    r"tzdata": "/etc/localtime and /etc/timezone (UTC), which the system data has",
}

# debhelper's generated parts (its autoscripts), by the helper that wrote them, and why they do nothing in an image.
GENERATED: dict[str, str] = {
    "dh_installdeb": "dpkg-maintscript-helper acts on upgrades alone",
    "dh_installinit": "start-up links for an init that is not there",
    "dh_installmenu": "runs update-menus where that is installed; Debian has it no more",
    "dh_installsystemd": "links of units for a systemd that is not there",
    "dh_installsystemduser": "links of units for a systemd that is not there",
    "dh_installtmpfiles": "runs systemd-tmpfiles where that is installed",
    "dh_makeshlibs": "ldconfig: the loader's cache is made from the final tree",
    "dh_python3": "bytecode, which paredown compiles",
    "dh_systemd_enable": "links of units for a systemd that is not there",
    "dh_systemd_start": "starts units of a systemd that is not there",
}

_GENERATED_PART = re.compile(r"^# Automatically added by (\w+)(?:/\S+)?\n.*?^# End automatically added section\n", re.M | re.S)

# Lines without effect on a first installation. Anything else makes a script unknown.
_IDLE_LINE = re.compile(
    r"""
    \#.* | set\ -eu? | set\ -[eu] | exit\ 0 | : | true | ;; | fi | esac | else | done
    | case\ "?\$\{?1\}?"?\ in
    | [(]?"?(configure|install|upgrade|abort-\w+|triggered|failed-upgrade|reconfigure|\*)"?(\s*\|\s*"?(configure|install|upgrade|abort-\w+|triggered)"?)*\)
      (\s*(exit\ 0|:|true|;;)\s*;?)*
    | if\ \[\ "?\$1"?\ ==?\ "?[\w-]+"?\ \](\s*\|\|\s*\[\ "?\$1"?\ ==?\ "?[\w-]+"?\ \])*\s*(;\s*then)? | then
    | echo\ ("(?:[^"`$\\]|\\.|\$\w+)*"|'[^']*')\s*(>&\s*2|1>&2)? | exit\ 1 | export\ (LC_ALL|LANG)=[\w.-]+ | umask\ 0?022 | (LC_ALL|LANG)=[\w.-]*
    | (/sbin/)?ldconfig
    | rm\ -f\ /etc/ld\.so\.cache
    """,
    re.X,
)
_ALTERNATIVE = re.compile(r"^(?:/usr/s?bin/)?update-alternatives\s+(?:--quiet\s+|--force\s+)*--install\s+(.*)$")
_PLAIN_WORD = re.compile(r"[\w./+-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """`link` leads to `path` by way of /etc/alternatives/`name`, if no other alternative of the name has a higher priority."""

    link: str
    name: str
    path: str
    priority: int
    owner: Owner
    followers: tuple[tuple[str, str, str], ...] = ()  # (link, name, path) that go with it


def unknown_scripts(package: UnpackedDeb) -> tuple[str, ...]:
    """The scripts of a package whose effect is not known: it has to be configured for real."""
    name = package.control.fields["Package"]
    if any(re.fullmatch(pattern, name) for pattern in KNOWN):
        return ()
    return tuple(script for script in SCRIPTS if script in package.scripts and unknown_lines(package.scripts[script]))


def unknown_lines(script: bytes) -> tuple[str, ...]:
    """The lines of a shell script whose effect is not known. A script for another interpreter is unknown as a whole."""
    text = script.decode("utf-8", "replace")
    first, _, rest = text.partition("\n")
    if not re.match(r"#!\s*/(usr/)?bin/(ba|da)?sh(\s+-[eu]+)?\s*$", first):
        return (first,)
    return tuple(line for line in _lines(_without_generated(rest)) if not _IDLE_LINE.fullmatch(line) and _alternative(line) is None)


def effects(packages: Sequence[tuple[UnpackedDeb, Owner]], root: Tree) -> Tree:
    """The links that the modelled parts of the packages' scripts make in `root`."""
    found: dict[str, Alternative] = {}
    for package, owner in packages:
        text = _without_generated(package.scripts.get("postinst", b"").decode("utf-8", "replace"), keep=("dh_installalternatives",))
        for line in _lines(text):
            parsed = _alternative(line)
            if parsed is None:
                continue
            link, name, path, priority, followers = parsed
            better = found.get(name)
            if root.resolve(path) is not None and (better is None or better.priority < priority):
                found[name] = Alternative(link=link, name=name, path=path, priority=priority, owner=owner, followers=followers)
    entries: dict[str, Entry] = {}
    for alternative in found.values():
        entries |= _links(alternative, root)
    return Tree(entries)


def _links(alternative: Alternative, root: Mapping[str, Entry]) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for link, name, path in ((alternative.link, alternative.name, alternative.path), *alternative.followers):
        if isinstance(root, Tree) and root.resolve(path) is None:
            continue
        place = _merged(link)
        known = root.get(place)
        if known is None or known.kind is Kind.LINK:
            entries[f"etc/alternatives/{name}"] = link_of(path, owner=alternative.owner)
            entries[place] = link_of(f"/etc/alternatives/{name}", owner=alternative.owner)
    return entries


def _merged(link: str) -> str:
    path = link.lstrip("/")
    return f"usr/{path}" if path.startswith(("bin/", "sbin/", "lib/")) else path


def _without_generated(text: str, keep: tuple[str, ...] = ()) -> str:
    known = GENERATED.keys() - set(keep)
    return _GENERATED_PART.sub(lambda part: "" if part.group(1) in known else part.group(0), text)


def _lines(text: str) -> list[str]:
    """Lines with continuations joined, indentation and empty ones gone."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return [stripped for line in joined.splitlines() if (stripped := line.strip())]


def _alternative(line: str) -> tuple[str, str, str, int, tuple[tuple[str, str, str], ...]] | None:
    """(link, name, path, priority, followers) of an update-alternatives call of plain words; None for anything else."""
    found = _ALTERNATIVE.match(line)
    if found is None:
        return None
    words = re.sub(r"\s#.*", "", found.group(1)).split()
    if not all(_PLAIN_WORD.fullmatch(word) for word in words) or len(words) % 4 or not words[3].isdigit():
        return None
    followers = [words[at : at + 4] for at in range(4, len(words), 4)]
    if any(follower[0] not in ("--slave", "--follower") for follower in followers):
        return None
    return words[0], words[1], words[2], int(words[3]), tuple((link, name, path) for _, link, name, path in followers)
