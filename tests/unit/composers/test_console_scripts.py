import sys

import pytest

from paredown.composers import console_scripts
from paredown.errors import UntrustedError
from paredown.origin import Origin

WHERE = Origin("uv.lock")


def scripts_of(tmp_path, text):
    (tmp_path / "entry_points.txt").write_text(text)
    return console_scripts.of(tmp_path, WHERE)


def test_an_entry_point_becomes_a_program(tmp_path):
    found = scripts_of(tmp_path, "[console_scripts]\nserve = demo.cli:App.run [extra]\n\n[other]\nx = y\n")
    assert list(found) == ["serve"]
    assert found["serve"].startswith(b"#!/opt/venv/bin/python\n")
    assert b"from demo.cli import App\n" in found["serve"]
    assert b"sys.exit(App.run())" in found["serve"]
    compile(found["serve"], "serve", "exec")


@pytest.mark.parametrize("line", ["x = os:system('evil')", "../x = demo:run", "x = demo", "x = demo:run; evil", "x = import os:run"])
def test_an_entry_point_that_is_no_name_is_refused(tmp_path, line):
    with pytest.raises(UntrustedError, match="names no Python object"):
        scripts_of(tmp_path, f"[console_scripts]\n{line}\n")


def test_no_entry_points_are_no_programs(tmp_path):
    assert console_scripts.of(tmp_path, WHERE) == {}


def test_the_hosts_interpreter_is_replaced_in_both_spellings():
    host = sys.executable
    assert console_scripts.with_interpreter(f"#!{host}\nx = 1\n".encode()) == b"#!/opt/venv/bin/python\nx = 1\n"
    long = f"#!/bin/sh\n'''exec' '{host}' \"$0\" \"$@\"\n' '''\nx = 1\n"
    assert console_scripts.with_interpreter(long.encode()) == b"#!/opt/venv/bin/python\nx = 1\n"
    assert console_scripts.with_interpreter(b"#!/bin/bash\necho\n") is None
