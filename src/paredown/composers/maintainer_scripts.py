"""What packages' maintainer scripts would do to an image: nothing that matters, something modelled here, or unknown and to be run for real.

No script is passed over in silence: it is in KNOWN, or every line of it is one whose effect is known, or the package is really configured.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paredown.debian.deb import UnpackedDeb
from paredown.tree import Entry, Kind, Owner, Tree, link_of

SCRIPTS = ("preinst", "postinst")  # prerm and postrm run only when a package leaves, which none does

# Package names (whole-match patterns) whose scripts were read, and why an image misses nothing without running them.
KNOWN: dict[str, str] = {
    r"libc6": "upgrades only; the loader's cache is made from the final tree",
    r"libc-bin": "nsswitch.conf and ld.so.cache are made from the final tree",
    r"base-files": "folders, /etc/profile and log files for logins; os-release comes with the package, folders with the system data",
    r"base-passwd": "passwd and group are made with the accounts",
    r"ca-certificates": "the bundle of all its certificates is made with the package",
    r"tzdata(-legacy)?": "/etc/localtime and /etc/timezone (UTC) are made with the system data",
    r"(lib)?python3\.\d+-(minimal|stdlib)|python3\.\d+(-dev)?|python3-minimal|python3": "bytecode is compiled by paredown; no local site folder is needed",
    r"netbase": "creates /etc/networks for ifconfig and route, which are not there",
    r"openssl": "tightens /etc/ssl/private, which holds nothing",
    r"readline-common": "copies an inputrc for interactive use",
    r"libreadline8(t64)?": "undoes a diversion of an older release",
    r"libssl3(t64)?": "restarts services of a running machine at an upgrade",
    r"libpam0g|libpam-modules(-bin)?": "restarts services of a running machine at an upgrade",
    r"libgssapi-krb5-2": "moves a file of an older release",
    r"libselinux1|libgcrypt20|libblas3|liblapack3|gawk|git|pkg-config|pkgconf": "moves and cleanings after older releases",
    r"python3-(distutils|lib2to3)": "bytecode is compiled by paredown",
    r"debconf": "its database serves the configuration of other packages",
    r"dpkg": "its database serves the installation of other packages",
    r"perl-base|perl|perl-modules-5\.\d+": "moves of folders from older releases",
    r"dash|bash": "the link /bin/sh is made with the base",
    r"coreutils|diffutils|grep|sed|tar|gzip|findutils|hostname|ncurses-base|ncurses-bin|util-linux|mount|libuuid1|login|bsdutils|init-system-helpers":
        "upgrades only, or pagers and editors for people",
    r"gcc(-\d+)?|g\+\+(-\d+)?|cpp(-\d+)?|binutils|make": "alternatives, which are modelled below",
    r"fonts-.*": "fontconfig's trigger, which runs with fontconfig's own script",
}  # fmt: skip

# debhelper's generated parts, by the helper that wrote them, and why they do nothing in an image.
GENERATED: dict[str, str] = {
    "dh_makeshlibs": "the loader's cache is made from the final tree",
    "dh_installdeb": "dpkg-maintscript-helper: moves from older releases",
    "dh_python3": "bytecode is compiled by paredown",
    "dh_python2": "bytecode is compiled by paredown",
    "dh_pypy": "bytecode is compiled by paredown",
    "dh_installsystemd": "units, and no systemd to run them",
    "dh_installsystemduser": "units, and no systemd to run them",
    "dh_systemd_enable": "units, and no systemd to run them",
    "dh_systemd_start": "units, and no systemd to run them",
    "dh_installinit": "init scripts, and no init to run them",
    "dh_installtmpfiles": "folders that systemd would make at boot",
    "dh_installmenu": "desktop menus",
    "dh_icons": "desktop icons",
    "dh_installdebconf": "purges questions when the package leaves",
    "dh_installmime": "desktop file types",
    "dh_installudev": "device rules",
    "dh_apparmor": "the kernel's profiles, loaded by the host",
    "dh_installxfonts": "fonts of the X server",
    "dh_installcatalogs": "catalogues of SGML, kept by no service",
    "dh_installemacsen": "the editor's own compilation",
    "dh_installinfo": "indexes of manuals",
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
