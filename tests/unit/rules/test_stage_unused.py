import pytest
from tests.builders import told

from paredown.rules.dockerfiles.stage_unused import stage_unused


@pytest.mark.parametrize(
    "text",
    [
        "FROM python AS build\nFROM python\nCOPY --from=0 /x /x\n",
        "FROM python AS build\nFROM build AS test\nFROM python\nCOPY --from=test /x /x\n",
        "FROM python AS build\nFROM python\nRUN --mount=type=bind,from=build,target=/b true\n",
        "FROM python AS test\nRUN pytest\nFROM python\n",  # for --target
        "FROM python AS build-amd64\nFROM python AS build-arm64\nFROM build-${TARGETARCH}\n",
        "FROM python AS build\nFROM build\n",
    ],
)
def test_stage_that_is_taken_or_may_be_a_target_is_no_fault(text: str) -> None:
    assert told(stage_unused, text) == []


def test_stage_of_an_unused_stage_is_unused() -> None:
    assert told(stage_unused, "FROM python AS build\nFROM build AS build2\nFROM python\n") == [
        "1: no stage takes anything from the stage build",
        "2: no stage takes anything from the stage build2",
    ]
