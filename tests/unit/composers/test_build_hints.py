import pytest

from paredown.composers import build_hints
from paredown.errors import UserError, WorldError
from paredown.origin import Origin

WHERE = Origin("uv.lock", 7)


@pytest.mark.parametrize(
    ("talk", "line"),
    [
        ("error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'\nerror: command 'x86_64-linux-gnu-gcc' failed", '"gcc", "libc6-dev"'),
        ("error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'\n  error: Failed to build `/paredown/source/x-1.tar.gz`", '"gcc", "libc6-dev"'),
        ("error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-g++'", '"g++"'),
        ("src/x.c:1:10: fatal error: Python.h: No such file or directory", '"gcc", "libc6-dev"'),
        ("Error: pg_config executable not found.", '"gcc", "libc6-dev", "libpq-dev"'),
        ("c/_cffi_backend.c:15:10: fatal error: ffi.h: No such file or directory", '"gcc", "libc6-dev", "libffi-dev"'),
        ("__main__.RequiredDependencyException: jpeg", '"libjpeg-dev"'),
        ("Error: Please make sure the libxml2 and libxslt development packages are installed.", '"libxml2-dev", "libxslt1-dev"'),
        ("Exception: Can not find valid pkg-config name.\nmysql_config not found", '"libmariadb-dev"'),
    ],
)
def test_what_is_missing_is_named_as_packages(talk, line):
    error = build_hints.error_of(talk, name="thing", version="1.0", declared=(), where=WHERE)
    assert isinstance(error, UserError)
    assert error.what.startswith("thing 1.0 has no wheel that fits")
    assert "build-packages = [" in (error.fix or "")
    assert line in (error.fix or "")
    assert error.where == "uv.lock:7"


def test_what_is_declared_already_stays_in_the_line_to_write():
    error = build_hints.error_of("pg_config executable not found", name="thing", version="", declared=("gcc", "libc6-dev"), where=WHERE)
    assert 'build-packages = ["gcc", "libc6-dev", "libpq-dev"]\npackages = ["libpq5"]' in (error.fix or "")


def test_an_unknown_failure_shows_its_last_lines():
    error = build_hints.error_of("\n".join(f"line {n}" for n in range(50)), name="thing", version="1", declared=(), where=WHERE)
    assert "line 49" in error.what
    assert "line 10" not in error.what
    assert "could not be built" in error.what


def test_missing_network_is_not_the_users_fault():
    assert isinstance(build_hints.error_of("error: Failed to fetch: `https://x/`", name="thing", version="1", declared=(), where=WHERE), WorldError)


def test_the_culprit_is_found_in_uvs_words():
    assert build_hints.culprit("  × Failed to build `psycopg2==2.9.10`") == "psycopg2"
    assert build_hints.culprit("nothing") == "a dependency"
