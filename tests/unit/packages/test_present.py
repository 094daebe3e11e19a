"""What is really there of what the databases tell."""

import pytest

from builders import tree_of
from package_roots import debian
from paredown.packages.present import present


@pytest.mark.parametrize(
    ("gone", "there"),
    [
        ([], ["libc6", "git"]),
        (["usr/bin/git"], ["libc6", "git"]),
        (["usr/bin/git", "usr/bin/git-shell"], ["libc6"]),  # its copyright stays, of which nobody runs anything
    ],
)
def test_a_package_is_there_as_long_as_a_file_is(gone: list[str], there: list[str]) -> None:
    assert [package.name for package in present(debian().without(gone))] == there


def test_a_package_that_never_had_files_is_there_and_one_that_was_removed_is_not() -> None:
    status = b"Package: all\nVersion: 1\n\nPackage: docs\nVersion: 1\n\nPackage: cron\nStatus: deinstall ok config-files\nVersion: 1\n"
    listed = {"var/lib/dpkg/info/docs.list": b"/usr\n/usr/share\n/usr/share/doc\n/usr/share/doc/docs\n/usr/share/doc/docs/copyright\n"}
    tree = tree_of({"var/lib/dpkg/status": status, **listed, "usr/share/doc/docs/copyright": b""})
    assert [package.name for package in present(tree)] == ["all", "docs"]
    assert [package.name for package in present(tree.without(["usr/share/doc/docs/copyright"]))] == ["all"]
