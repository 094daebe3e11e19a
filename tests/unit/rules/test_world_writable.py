import pytest
from tests.builders import told

from paredown.rules.dockerfiles.world_writable import lets_all_write, world_writable


@pytest.mark.parametrize(("mode", "expected"), [
    ("777", True), ("0666", True), ("a+w", True), ("o=rwx", True), ("u+x,o+w", True), ("ugo+rw", True),
    ("1777", False), ("775", False), ("+w", False), ("g=u", False), ("a+rx", False), ("o-w", False), ("a+rwt", False), ("$MODE", False),
])  # fmt: skip
def test_mode_lets_all_write(mode: str, expected: bool) -> None:
    assert lets_all_write(mode) is expected


def test_folders_and_copies_count_and_temporary_ones_do_not() -> None:
    text = "FROM debian\nRUN mkdir -m 777 /data && chmod 777 /tmp\nCOPY --chmod=777 a /b\nRUN chmod -R a+w /srv\n"
    assert told(world_writable, text) == [
        "2: everybody may write to /data",
        "3: everybody may write to /b",
        "4: everybody may write to /srv and everything below",
    ]
