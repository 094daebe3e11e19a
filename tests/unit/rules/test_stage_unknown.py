import pytest
from tests.builders import told

from paredown.rules.dockerfiles.stage_unknown import stage_unknown

TWO = "FROM python:3.13 AS builder\nFROM python:3.13-slim\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM python AS a\nCOPY --from=a /x /x\n", "2: a is this stage itself"),
        ("FROM python AS a\nCOPY --from=0 /x /x\n", "2: stage 0 is this stage itself"),
        (TWO + "COPY --from=2 /x /x\n", "3: stage 2 is not there; they count from 0 to 1"),
        (TWO + "COPY --from=$NAME /x /x\n", "3: no variable is replaced in $NAME here"),
        (TWO + "COPY --from=deps /x /x\n", "3: there is no stage deps"),
        (TWO + "RUN --mount=type=bind,from=bulider,source=/x,target=/x true\n", "3: there is no stage bulider"),
        ("FROM later AS a\nFROM python AS later\n", "1: later is a stage only from line 2 on"),
        ("FROM python AS a\nCOPY --from=b /x /x\nFROM python AS b\nCOPY --from=a /x /x\nFROM b\n", "2: b is built from this stage, and this stage from it"),
    ],
)
def test_stage_that_cannot_be_used_is_told(text: str, message: str) -> None:
    assert told(stage_unknown, text) == [message]


@pytest.mark.parametrize(
    "text",
    [
        TWO + "COPY --from=builder /x /x\n",
        TWO + "COPY --from=BUILDER /x /x\n",
        TWO + "COPY --from=0 /x /x\n",
        TWO + "COPY --from=nginx /x /x\n",
        TWO + "COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/\n",
        TWO + "COPY --from=assets /x /x\n",  # a named context, given with --build-context
        "FROM python AS python\n",
        "FROM python AS a\nCOPY --from=b /x /x\nFROM python AS b\nFROM a\n",  # BuildKit builds b first
    ],
)
def test_stages_images_and_contexts_are_no_fault(text: str) -> None:
    assert told(stage_unknown, text) == []
