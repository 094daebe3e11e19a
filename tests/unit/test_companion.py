"""Which packages a debug companion has, of what the image before had."""

from paredown.companion import with_dependencies
from paredown.packages.installed import Package

PACKAGES = (
    Package(name="busybox", version="1", depends=(("so:libc.musl-x86_64.so.1",),), provides=frozenset({"cmd:sh"})),
    Package(name="musl", version="1", provides=frozenset({"so:libc.musl-x86_64.so.1"})),
    Package(name="vim", version="1", depends=(("vim-common", "vim-tiny"), ("perl",), ("not-installed",))),
    Package(name="vim-tiny", version="1", depends=(("vim",),)),
    Package(name="perl", version="1"),
    Package(name="gcc", version="1"),
)


def test_packages_come_with_what_they_depend_on_by_any_name() -> None:
    assert with_dependencies(PACKAGES, ["busybox", "bash"]) == {"busybox", "musl"}


def test_of_alternatives_the_one_that_is_there_comes_and_what_serves_installation_does_not() -> None:
    assert with_dependencies(PACKAGES, ["vim"]) == {"vim", "vim-tiny"}
