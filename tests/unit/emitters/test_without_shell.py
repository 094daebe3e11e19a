import subprocess
import sys

import pytest

from builders import NOWHERE
from paredown.emitters.without_shell import words
from paredown.errors import UserError

SHOWN = (sys.executable, "-c", "import sys; print(sys.argv[1:])")


@pytest.mark.parametrize(
    ("word", "environment", "expected"),
    [
        ("${PORT:-80}", {"PORT": "9000"}, "9000"),
        ("${PORT:-80}", {"PORT": ""}, "80"),
        ("${PORT-80}", {"PORT": ""}, ""),
        ("0.0.0.0:$PORT", {}, "0.0.0.0:"),
        ("a 'b' ${X}\"$$", {"X": "c d"}, "a 'b' c d\"$"),
    ],
)
def test_the_interpreter_fills_in_what_a_shell_would(word: str, environment: dict[str, str], expected: str) -> None:
    command = words((*SHOWN, word), sys.executable, NOWHERE)
    assert subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout == f"{[expected]}\n"


def test_what_only_a_shell_can_do_is_refused() -> None:
    with pytest.raises(UserError, match=r"`\$\{X:\?no\}` of the command needs a shell"):
        words(("a", "${X:?no}"), "python", NOWHERE)
