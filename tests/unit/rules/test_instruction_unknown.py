import pytest
from tests.builders import told

from paredown.rules.dockerfiles.instruction_unknown import instruction_unknown
from paredown.rules.dockerfiles.keyword_casing import keyword_casing


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("WORDIR /app", "2: WORDIR is no instruction: the nearest is WORKDIR"),
        ("CDM true", "2: CDM is no instruction: the nearest is CMD"),
        ("chmod 755 /data", "2: chmod is no instruction"),
        ("&& rm -rf /x", "2: && is no instruction"),
    ],
)
def test_nearest_instruction_is_named_when_there_is_one(line: str, message: str) -> None:
    assert told(instruction_unknown, f"FROM python\n{line}\n") == [message]


def test_case_is_that_of_instructions_alone() -> None:
    assert told(keyword_casing, "FROM python\nchmod 755 /data\nRUN true\n") == []
    assert told(keyword_casing, "from python as build\nrun true\n") == []
    assert told(keyword_casing, "from python AS build\nrun true\n") == ["1: AS among keywords in small letters"]
