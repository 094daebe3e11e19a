import pytest
from tests.builders import told

from paredown.rules.dockerfiles.pipe_status_lost import pipe_status_lost


@pytest.mark.parametrize(
    "run",
    [
        "RUN curl -fsSL https://a/b.tgz | tar -xz",  # tar says what is missing
        "RUN curl -fsSL https://a/key.asc | gpg --dearmor -o /b",
        "RUN set -euxo pipefail; curl https://a | sh",
        'SHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN curl https://a | sh',
        "RUN <<EOF\nset -o pipefail\ncurl https://a | sh\nEOF",
        "RUN echo 'root:x' | chpasswd",
        "RUN ls /a | grep b",
        "RUN echo deb https://a | tee /etc/apt/sources.list.d/a.list",
        'RUN a=$(curl https://a | jq -r .b) && test -n "$a"',
    ],
)
def test_pipe_whose_end_tells_is_silent(run: str) -> None:
    assert told(pipe_status_lost, f"FROM debian\n{run}\n") == []


def test_tests_behind_a_copy_of_their_output_are_lost() -> None:
    assert told(pipe_status_lost, "FROM debian\nRUN pytest | tee /log\n") == ["2: nobody hears when pytest goes wrong: tee ends well without it"]
