import pytest

from paredown.rules.bases import Base, read_base


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
