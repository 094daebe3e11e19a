"""What is said where no sandbox can run."""

import pytest

from paredown.sandbox.bubblewrap import failure, reason


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("bwrap: No permissions to create a new namespace", "allows no user namespaces"),
        ("bwrap: setting up uid map: Permission denied", "allows no user namespaces"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "allows no own /proc"),
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "allows no own network"),
        ("bwrap: something else", "bubblewrap says: something else"),
        ("", "it ended without a word"),
    ],
)
def test_reason_is_a_sentence_when_bubblewrap_complains(said: str, sentence: str) -> None:
    assert sentence in reason(said)


def test_fix_names_the_kernel_when_an_overlay_cannot_be_mounted() -> None:
    error = failure("bwrap: Can't make overlay mount on /newroot/ with options ...: Invalid argument\n", "/bin/true")
    assert "Linux 5.11" in str(error)


def test_fix_names_the_setting_when_there_are_no_namespaces() -> None:
    assert "sysctl" in str(failure("bwrap: No permissions to create a new namespace", "/bin/true"))
