import pytest

from builders import NOWHERE
from paredown.emitters.alpine_packages import alpine_names
from paredown.errors import UserError


def test_debians_packages_have_alpines_names_once_each() -> None:
    assert alpine_names(("gcc", "g++", "libpq-dev", "libpq5=16.1-1"), NOWHERE) == ("gcc", "musl-dev", "g++", "libpq-dev", "libpq")


def test_the_package_that_a_verdict_names_for_content_types_has_a_name_in_alpine() -> None:
    assert alpine_names(("media-types",), NOWHERE) == ("mailcap",)


def test_packages_without_a_known_name_are_told() -> None:
    with pytest.raises(UserError, match="Debian calls liboddity3, mystery has no name"):
        alpine_names(("mystery", "libpq5", "liboddity3"), NOWHERE)
