import pytest
from tests.builders import told

from paredown.rules.dockerfiles.variable_undefined import variable_undefined
from paredown.rules.dockerfiles.variable_undefined_in_base import variable_undefined_in_base


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM python:3.13\nENV PATH=$HOME/.local/bin:$PATH\n", "2: nothing in python:3.13 or this stage sets HOME"),
        ("FROM debian:13\nENV PYTHONPATH=/app:${PYTHONPATH}\n", "2: nothing in debian:13 or this stage sets PYTHONPATH"),
        ("ARG V=1\nFROM own/image:1\nRUN pip install shop==$V\n", "3: V is empty here: it is declared in front of FROM only"),
        ("FROM own/image:1\nRUN fetch tool-${TARGETARCH}.tar\n", "2: TARGETARCH is empty here: it is set only in stages that declare it"),
        ("ARG V=1\nFROM a:1\nARG V\nFROM b:1\nENV VERSION=$V\n", "5: V is empty here: it is declared in front of FROM only"),
    ],
)
def test_variable_that_nothing_sets_is_told(text: str, message: str) -> None:
    assert told(variable_undefined, text) == [message]


@pytest.mark.parametrize(
    "text",
    [
        "FROM own/image:1\nENV PATH=$TOOL_HOME/bin:$PATH\n",  # nobody knows what that image sets
        "FROM python:3.13\nENV VERSION=$PYTHON_VERSION LIB=${LIB:-/usr/lib}\n",
        "ARG V=1\nFROM own/image:1\nARG V\nRUN pip install shop==$V\n",
        "ARG V=1\nFROM own/image:1\nRUN V=$(cat version) && pip install shop==$V\n",
        "ARG V=1\nFROM own/image:1\nRUN for V in 1 2; do echo $V; done\n",
        "ARG V=1\nFROM own/image:1\nRUN awk '{print $V}' file\n",
        "ARG V=1\nFROM own/image:1\nRUN echo ${V:-2} \\$V\n",
        "FROM python:3.13 AS base\nENV HERE=/srv\nFROM base\nWORKDIR $HERE\n",
        "FROM own/image:1\nRUN : ${TARGETARCH:=amd64} && fetch $TARGETARCH\n",
        "FROM python:3.13\nRUN <<'END'\necho $TARGETARCH\nEND\n",
    ],
)
def test_variable_that_may_be_set_is_no_fault(text: str) -> None:
    assert told(variable_undefined, text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM python:${V}\n", "1: nothing declares V for FROM"),
        ("FROM a:1\nARG V=2\nFROM b:$V\n", "3: nothing declares V for FROM"),
        ("ARG V\nFROM python:${V}\n", "2: python:${V} is no image unless the build is given an argument"),
    ],
)
def test_base_of_a_variable_that_nothing_sets_is_told(text: str, message: str) -> None:
    assert told(variable_undefined_in_base, text) == [message]


@pytest.mark.parametrize(
    "text", ["ARG V=3\nFROM python:$V\n", "FROM python:${V:-3}\n", "FROM --platform=$BUILDPLATFORM a:1\nFROM b-$TARGETARCH:1\n", "ARG V\nFROM python:3$V\n"]
)
def test_base_of_a_variable_with_a_default_is_no_fault(text: str) -> None:
    assert told(variable_undefined_in_base, text) == []
