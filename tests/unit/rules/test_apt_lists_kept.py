import pytest

from paredown.rules.dockerfiles.apt_lists_kept import apt_lists_kept
from paredown.rules.examine import examine, mended
from paredown.rules.recipe import TextContext


def lines(text: str) -> list[int]:
    return [finding.place.line for finding in examine(text, "Dockerfile", TextContext({}), (apt_lists_kept,))]


@pytest.mark.parametrize(
    "run",
    [
        "RUN apt-get update && apt-get install -y a && apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/* /var/tmp/*",
        "RUN apt-get update && apt-get install -y a && rm -rf /var/lib/{apt,dpkg,cache}",
        "RUN apt-get update && apt-get install -y a && find /var/lib/apt/lists -type f -delete",
        "RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y a",
        "RUN --mount=type=tmpfs,target=/var/lib apt-get update && apt-get install -y a",
        "RUN <<EOF\nset -e\napt-get update\napt-get install -y a\nrm -rf /var/lib/apt/lists/*\nEOF",
        "RUN apt-get update\nRUN apt-get install -y a",
        "COPY --from=x /var/lib/apt/lists/ /x",
    ],
)
def test_lists_that_do_not_stay_are_silent(run: str) -> None:
    assert lines(f"FROM debian\n{run}\n") == []


def test_lists_are_kept_when_they_are_removed_before_the_update() -> None:
    assert lines("FROM debian\nRUN rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y a\n") == [2]


def test_lists_are_kept_when_only_a_later_layer_removes_them() -> None:
    assert lines("FROM debian\nRUN apt-get update && apt-get install -y a\nRUN rm -rf /var/lib/apt/lists/*\n") == [2]


def test_stage_that_is_not_in_the_image_is_silent() -> None:
    assert lines("FROM debian AS build\nRUN apt-get update && apt-get install -y gcc\nFROM debian\nCOPY --from=build /x /x\n") == []


def test_stage_that_the_last_one_starts_from_counts() -> None:
    assert lines("FROM debian AS base\nRUN apt-get update && apt-get install -y a\nFROM base\nRUN true\n") == [2]


def test_removal_goes_into_the_here_document() -> None:
    text = "FROM debian\nRUN <<EOF\nset -e\napt-get update\napt-get install -y a\nEOF\n"
    assert mended(text, "Dockerfile", None, (apt_lists_kept,))[0] == text.replace("-y a", "-y a && rm -rf /var/lib/apt/lists/*")


def test_lists_that_a_later_script_may_need_are_not_removed_unasked() -> None:
    text = "FROM debian\nRUN apt-get update && apt-get install -y a\nCOPY install.sh /\nRUN {}\n"
    assert mended(text.format("/install.sh"), "Dockerfile", None, (apt_lists_kept,))[1] == ()
    assert mended(text.format("bash /install.sh"), "Dockerfile", None, (apt_lists_kept,))[1] == ()
    assert len(mended(text.format("pip install a"), "Dockerfile", None, (apt_lists_kept,))[1]) == 1
