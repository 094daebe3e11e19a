"""Which release a root is by its own account."""

from builders import tree_of
from paredown.packages.release import Release, release_of


def test_the_release_is_read_quoted_or_not_and_through_a_link() -> None:
    text = b'PRETTY_NAME="x"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=\'bookworm\'\nBUILD_ID=7\n'
    assert release_of(tree_of({"etc/os-release": "-> ../usr/lib/os-release", "usr/lib/os-release": text})) == Release("debian", "12", "bookworm")


def test_a_root_that_does_not_tell_has_none() -> None:
    assert release_of(tree_of({"etc/os-release": "-> nowhere"})) == Release("", "", "")
