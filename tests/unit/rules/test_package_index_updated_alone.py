import pytest

from paredown.rules.dockerfiles.package_index_updated_alone import package_index_updated_alone
from paredown.rules.examine import examine


@pytest.mark.parametrize(
    "runs",
    [
        "RUN apt-get update && ./install-dependencies.sh\nRUN apt-get install -y a",  # what the script does nobody knows
        "RUN apt-get update && playwright install --with-deps",
        "RUN apt-get update\nRUN apt-get update && apt-get install -y a",
        "RUN apt-get update",
        "RUN apk update\nRUN apt-get install -y a",
    ],
)
def test_index_that_no_later_install_takes_is_silent(runs: str) -> None:
    assert examine(f"FROM debian\n{runs}\n", "Dockerfile", None, (package_index_updated_alone,)) == ()


def test_install_of_a_stage_that_starts_from_it_is_found_without_an_edit() -> None:
    text = "FROM debian AS base\nRUN apt-get update\nFROM base\nRUN apt-get install -y a\n"
    (finding,) = examine(text, "Dockerfile", None, (package_index_updated_alone,))
    assert (finding.place.line, finding.edits) == (2, ())


@pytest.mark.parametrize(
    "runs",
    [
        "RUN apt-get update\n# why\nRUN apt-get install -y a",
        "RUN apt-get update\nRUN apt-get install -y a; true",
        "RUN apt-get update\nENV A=b\nRUN apt-get install -y a",
        "RUN --network=host apt-get update\nRUN apt-get install -y a",
    ],
)
def test_runs_that_cannot_be_one_are_left_to_the_author(runs: str) -> None:
    (finding,) = examine(f"FROM debian\n{runs}\n", "Dockerfile", None, (package_index_updated_alone,))
    assert finding.edits == ()
    assert finding.advice
