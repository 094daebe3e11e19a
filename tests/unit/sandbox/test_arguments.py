"""Where mounts go: always inside the root, whatever its links say."""

from pathlib import Path

import pytest

from paredown.errors import UserError
from paredown.sandbox.arguments import resolved


def test_links_are_followed_inside_the_root_when_they_are_absolute_or_climb(tmp_path: Path) -> None:
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "lib").symlink_to("/usr/lib")
    (tmp_path / "out").symlink_to("../../../../etc")
    assert resolved(tmp_path, "/lib/x/../y") == "/usr/lib/y"
    assert resolved(tmp_path, "/out/passwd") == "/etc/passwd"


@pytest.mark.parametrize("target", ["relative", "/", "/..", "/a\0b", ""])
def test_places_that_are_none_are_refused_when_resolved(tmp_path: Path, target: str) -> None:
    with pytest.raises(UserError):
        resolved(tmp_path, target)


def test_circles_are_refused_when_resolved(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(UserError, match="goes in circles"):
        resolved(tmp_path, "/a/x")
