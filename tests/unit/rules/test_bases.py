import pytest
from tests.builders import told

from paredown.rules.bases import Base, read_base
from paredown.rules.dockerfiles.base_end_of_life import base_end_of_life
from paredown.rules.dockerfiles.base_latest_tag import base_latest_tag
from paredown.rules.dockerfiles.base_platform_fixed import base_platform_fixed
from paredown.rules.dockerfiles.base_untagged import base_untagged


@pytest.mark.parametrize(
    ("reference", "system", "release", "python", "libc", "slim"),
    [
        ("python:3.13", "debian", "", "3.13", "glibc", False),
        ("python:3.13.1-slim-bookworm", "debian", "bookworm", "3.13", "glibc", True),
        ("docker.io/library/python:3.12-alpine3.20", "alpine", "3.20", "3.12", "musl", True),
        ("python:3-alpine3.15", "alpine", "3.15", "", "musl", True),
        ("ghcr.io/astral-sh/uv:python3.13-bookworm", "debian", "bookworm", "3.13", "glibc", False),
        ("ghcr.io/astral-sh/uv:0.9.1", "", "", "", "", False),
        ("registry.example.com:5000/mirror/library/python:3.11-slim", "debian", "", "3.11", "glibc", True),
        ("debian:12-slim", "debian", "bookworm", "", "glibc", True),
        ("ubuntu:22.04", "ubuntu", "22.04", "", "glibc", False),
        ("nvidia/cuda:12.4.1-runtime-ubuntu22.04", "ubuntu", "22.04", "", "glibc", False),
        ("alpine:3.18.4", "alpine", "3.18", "", "musl", True),
        ("alpine", "alpine", "", "", "musl", True),
        ("gcr.io/distroless/python3-debian12:nonroot", "debian", "bookworm", "3.11", "glibc", True),
        ("tiangolo/uvicorn-gunicorn-fastapi:python3.9-slim", "", "", "3.9", "", True),
        ("registry.access.redhat.com/ubi9/python-311:1", "ubi", "1", "3.11", "glibc", False),
        ("python:3.9-windowsservercore", "", "", "3.9", "", False),
        ("example.com/team/service:1.2", "", "", "", "", False),
    ],
)
def test_reference_tells_what_the_image_is(reference: str, system: str, release: str, python: str, libc: str, slim: bool) -> None:
    base = read_base(reference)
    assert (base.system, base.release, base.python, base.libc, base.slim) == (system, release, python, libc, slim)


def test_digest_and_tag_are_told_apart_and_the_hub_has_no_name() -> None:
    base = read_base("docker.io/library/python:3.13-slim@sha256:abc")
    assert (base.name, base.tag, base.digest, base.interpreter) == ("python", "3.13-slim", "sha256:abc", "/usr/local/bin")


def test_nothing_is_known_of_no_reference() -> None:
    assert read_base("") == Base()


def test_image_that_is_copied_from_without_a_version_is_told() -> None:
    text = "FROM python:3.13\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\nRUN --mount=type=bind,from=own/tool,target=/t true\n"
    assert told(base_latest_tag, text) == ["2: ghcr.io/astral-sh/uv:latest is another image after every release"]
    assert told(base_untagged, text) == ["3: own/tool has no tag"]


@pytest.mark.parametrize("text", ["FROM scratch\n", "FROM python:3.13 AS b\nFROM b\nCOPY --from=assets /a /a\n", "FROM $BASE\n", "FROM python@sha256:abc\n"])
def test_stage_context_digest_or_variable_needs_no_tag(text: str) -> None:
    assert told(base_untagged, text) == []


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("python:3.8-slim-trixie", "1: Python 3.8 has had no security fixes since 2024-10-07"),
        ("python:3-alpine3.15", "1: Alpine 3.15 has had no security fixes since 2023-11-01"),
        ("ubuntu:bionic", "1: Ubuntu 18.04 has had no security fixes since 2023-05-31"),
        ("debian:10", "1: Debian buster has had no security fixes since 2024-06-30"),
    ],
)
def test_base_past_its_end_is_told(reference: str, message: str) -> None:
    assert told(base_end_of_life, f"FROM {reference}\n") == [message]


@pytest.mark.parametrize("reference", ["python:3.13-slim", "python:3.11-slim-bookworm", "alpine:3.22", "ubuntu:24.04", "own/python:3.1", "node:22-alpine"])
def test_base_with_support_is_no_fault(reference: str) -> None:
    assert told(base_end_of_life, f"FROM {reference}\n") == []


@pytest.mark.parametrize("line", ["FROM --platform=$BUILDPLATFORM a:1", "FROM --platform=linux/arm64 a:1 AS build_arm64"])
def test_platform_of_the_build_or_of_a_stage_for_it_is_no_fault(line: str) -> None:
    assert told(base_platform_fixed, f"{line}\n") == []
