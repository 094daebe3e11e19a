import pytest

from builders import tree_of
from paredown.composers import maintainer_scripts
from paredown.composers.maintainer_scripts import effects, unknown_lines, unknown_scripts
from paredown.debian.deb import Control, UnpackedDeb
from paredown.tree import Owner, OwnerKind, Tree

OWNER = Owner(OwnerKind.SYSTEM, "thing", "1.0")


def package(name="thing", **scripts):
    return UnpackedDeb(control=Control(f"Package: {name}\n", {"Package": name}), scripts={key: text.encode() for key, text in scripts.items()}, tree=Tree())


SKELETON = """#!/bin/sh
set -e
case "$1" in
    configure)
        ;;
    abort-upgrade|abort-remove|abort-deconfigure)
        ;;
    *)
        echo "postinst called with unknown argument \\`$1'" >&2
        exit 1
        ;;
esac
{0}
exit 0
"""
SYSTEMD = """# Automatically added by dh_installsystemd/13.24
if [ "$1" = "configure" ]; then
	systemctl --system daemon-reload >/dev/null || true
fi
# End automatically added section
"""


def test_a_package_without_scripts_has_none_that_are_unknown():
    assert unknown_scripts(package(md5sums="", triggers="activate-noawait ldconfig", postrm="#!/bin/sh\nrm -rf /var/lib/thing", prerm="#!/bin/sh\nfoo")) == ()


@pytest.mark.parametrize("body", ["", SYSTEMD, "ldconfig", 'if [ "$1" = "configure" ]; then\n  :\nfi'])
def test_a_script_that_does_nothing_here_is_known(body):
    assert unknown_scripts(package(postinst=SKELETON.format(body))) == ()


@pytest.mark.parametrize(
    "line",
    [
        "fc-cache -s", "mkdir -p /var/lib/thing", "ln -s a b", "echo x > /etc/thing", 'echo "$(make-thing)"; rm -r /srv', ". /usr/share/debconf/confmodule",
        "ldconfig; thing-setup", "configure) thing-setup ;;", "true && thing-setup", "update-alternatives --install $A b c 1", "adduser --system thing",
        "exit 0; thing-setup", "echo `thing-setup` > /etc/x", ": > /etc/thing",
    ],
)  # fmt: skip
def test_a_line_with_an_effect_makes_the_script_unknown(line):
    found = unknown_scripts(package(postinst=SKELETON.format(line), preinst=SKELETON.format(line)))
    assert found == ("preinst", "postinst")
    assert unknown_lines(SKELETON.format(line).encode()) == (line,)


def test_a_generated_part_of_an_unknown_helper_makes_the_script_unknown():
    part = SYSTEMD.replace("dh_installsystemd", "dh_something_new").replace("systemctl --system daemon-reload >/dev/null || true", "something-new")
    assert unknown_lines(SKELETON.format(part).encode()) == ("something-new",)


@pytest.mark.parametrize("first", ["#!/usr/bin/perl", "#!/usr/bin/python3", "\x7fELF", ""])
def test_a_script_in_another_language_is_unknown(first):
    assert unknown_lines(f"{first}\nexit 0\n".encode()) == (first,)


def test_a_package_of_the_table_is_known_and_its_neighbours_are_not():
    script = "#!/bin/sh\nsomething\n"
    assert unknown_scripts(package("libc6", postinst=script)) == ()
    assert unknown_scripts(package("python3.13-minimal", postinst=script)) == ()
    assert unknown_scripts(package("libc6-dbg", postinst=script)) == ("postinst",)
    assert unknown_scripts(package("ca-certificates-java", postinst=script)) == ("postinst",)


def test_every_known_package_and_helper_has_its_reason():
    assert all(len(reason) > 5 for reason in [*maintainer_scripts.KNOWN.values(), *maintainer_scripts.GENERATED.values()])


CC = """#!/bin/sh
set -e
update-alternatives --quiet \\
    --install /usr/bin/cc cc /usr/bin/gcc 20 \\
    #--slave /usr/share/man/man1/cc.1.gz cc.1.gz /usr/share/man/man1/gcc.1.gz
"""


def test_alternatives_lead_to_the_program():
    root = tree_of({"usr/bin/gcc*": b"", "usr/bin/clang*": b""})
    made = effects([(package(postinst=CC), OWNER)], root)
    assert {path: entry.target for path, entry in made.items()} == {"etc/alternatives/cc": "/usr/bin/gcc", "usr/bin/cc": "/etc/alternatives/cc"}
    assert root.over(made).resolve("usr/bin/cc") == "usr/bin/gcc"
    assert unknown_scripts(package(postinst=CC)) == ()


@pytest.mark.parametrize("order", [1, -1])
def test_the_highest_priority_wins_in_any_order(order):
    root = tree_of({"usr/bin/gcc*": b"", "usr/bin/clang*": b""})
    packages = [(package(postinst=CC), OWNER), (package(postinst=CC.replace("gcc 20", "clang 30")), OWNER)][::order]
    assert effects(packages, root)["etc/alternatives/cc"].target == "/usr/bin/clang"


def test_an_alternative_whose_program_is_not_there_makes_nothing():
    assert len(effects([(package(postinst=CC), OWNER)], Tree())) == 0


def test_followers_go_along_when_they_are_there():
    script = CC.replace("    #--slave", "    --slave").replace("\\\n", " ")
    root = tree_of({"usr/bin/gcc*": b"", "usr/share/man/man1/gcc.1.gz": b""})
    assert effects([(package(postinst=script), OWNER)], root)["usr/share/man/man1/cc.1.gz"].target == "/etc/alternatives/cc.1.gz"
    assert "usr/share/man/man1/cc.1.gz" not in effects([(package(postinst=script), OWNER)], tree_of({"usr/bin/gcc*": b""}))


def test_a_file_in_the_place_of_an_alternative_stays():
    root = tree_of({"usr/bin/gcc*": b"", "usr/bin/cc*": b"real"})
    assert "usr/bin/cc" not in effects([(package(postinst=CC), OWNER)], root)
