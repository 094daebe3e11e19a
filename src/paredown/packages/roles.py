"""What packages and programs are to a running service, by their names in Debian and Alpine."""

import re

# What anything may read without naming it.
DATA = (
    "base-files", "base-passwd", "ca-certificates", "libc-bin", "locales", "locales-all", "media-types", "mime-support", "netbase", "tzdata", "tzdata-legacy",
    "alpine-baselayout", "alpine-baselayout-data", "alpine-release", "ca-certificates-bundle", "mailcap", "musl-locales",
)  # fmt: skip
# What a shell script may take for granted.
SHELL = ("bash", "busybox", "busybox-binsh", "coreutils", "dash", "findutils", "grep", "gawk", "hostname", "mawk", "sed", "util-linux")
# What a person looks into a running container with.
DEBUG = (
    *SHELL, "bind9-dnsutils", "busybox-extras", "curl", "debianutils", "diffutils", "dnsutils", "gdb", "gzip", "iproute2", "iputils", "iputils-ping", "jq",
    "less", "lsof", "nano", "ncurses-base", "ncurses-terminfo-base", "net-tools", "netcat-openbsd", "netcat-traditional", "procps", "procps-ng", "psmisc",
    "strace", "tar", "tcpdump", "traceroute", "util-linux", "vim", "vim-tiny", "wget",
)  # fmt: skip

# Programs by which distributions are developed and built, and pictures and pages are shown at a desk; some name them in code that a service never comes to.
TOOLS = re.compile(
    r"git|hg|svn|bzr|g?cc|[cg]\+\+|clang|g?make|cmake|ninja|ld|ar|nm|strip|objdump|readelf|patch|pkg-config|\w+[-_]config|"
    r"display|eog|xdg-open|xv|(?:x-)?www-browser"
)
SHELLS = frozenset({"sh", "bash", "dash", "rbash", "ash", "zsh", "busybox", "ksh", "csh", "tcsh", "fish"})

# What packages name as a dependency and a running service cannot use; asked for by name they come all the same.
BESIDE_THE_POINT: dict[str, str] = {
    "debconf": "asks questions while packages are configured",
    "debconf-2.0": "debconf by its other name",
    "cdebconf": "debconf written in C",
    "awk": "runs in maintainer scripts",
    "perl-base": "runs debconf and maintainer scripts",
    "perl": "runs maintainer scripts and helpers around libraries; a program that really needs it is asked for with it",
    "dpkg": "installs packages; nothing is installed in an image that runs",
    "install-info": "indexes manuals",
    "adduser": "makes accounts while packages are configured",
    "passwd": "makes accounts while packages are configured",
    "base-passwd": "makes accounts while packages are configured",
    "ucf": "asks what to do with changed configuration files",
    "sensible-utils": "chooses an editor for a person",
    "debianutils": "helps maintainer scripts",
    "init-system-helpers": "starts services by an init that is not there",
    "lsb-base": "helps init scripts",
    "sysvinit-utils": "helps init scripts",
    "readline-common": "an inputrc for interactive use; libreadline works without",
    "python3": "links to the interpreter, which the base makes, and hooks that compile at installation",
    "python3-minimal": "as python3",
    "mime-support": "the older name of media-types and mailcap",
    "libpam-runtime": "configures logins",
}
# Of those, what a program that a service starts may be written in.
INTERPRETERS = frozenset({"perl", "perl-base", "python3", "python3-minimal"})
# The same in an environment of conda, whose Python depends on them. What needs the library of one has it all the same.
BESIDE_IN_CONDA: dict[str, str] = {
    "ld_impl_linux-64": "links extension modules while they are built",
    "ld_impl_linux-aarch64": "as ld_impl_linux-64",
    "pip": "installs distributions",
    "tk": "opens desktop windows",
}
