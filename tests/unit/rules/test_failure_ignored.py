import pytest
from tests.builders import told

from paredown.rules.dockerfiles.failure_ignored import failure_ignored
from paredown.rules.examine import mended


@pytest.mark.parametrize(
    "run",
    [
        "RUN set -eux; apt-get update; apt-get install -y a; rm -rf b",
        "RUN apt-get update && apt-get install -y a",
        "RUN pip install a || true; rm -rf b",
        "RUN rm -rf b; pip install a",
        "RUN pip install a && { echo b; echo c; } > /d",
        "RUN pip install a && for b in c d; do echo $b; echo e; done && rm f",
        "RUN if true; then pip install a; fi; rm -rf b",
        "RUN <<EOF\nset -o errexit\npip install a\nrm -rf b\nEOF",
        "RUN <<EOF\n#!/bin/bash -e\npip install a\nrm -rf b\nEOF",
        'SHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nRUN pip install a; rm -rf b',
        'RUN ["bash", "-ec", "pip install a; rm -rf b"]',
        "RUN <<EOF\npip install a\nEOF",
    ],
)
def test_script_that_stops_or_has_no_more_to_do_is_silent(run: str) -> None:
    assert told(failure_ignored, f"FROM python\n{run}\n") == []


def test_script_with_its_own_interpreter_stops_behind_that_line() -> None:
    text = "FROM python\nRUN <<EOF\n#!/bin/bash\npip install a\nrm b\nEOF\n"
    assert mended(text, "Dockerfile", None, (failure_ignored,), only_safe=False)[0] == text.replace("bash\n", "bash\nset -e\n")
