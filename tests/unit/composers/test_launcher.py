import os
import subprocess
import sys
from pathlib import Path

import pytest

from builders import NOWHERE, plan_of, tree_of
from paredown.composers import launcher
from paredown.errors import UserError
from paredown.materialise import write_folder
from paredown.origin import Origin
from paredown.plan import Command


@pytest.fixture
def launch(tmp_path):
    """Run words through the launcher as the image would, with a clean environment."""
    tree, argv = launcher.compose(plan_of(command=Command(words=("$X",), origin=NOWHERE)), sys.executable)
    write_folder(tree, tmp_path)

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([*argv[:3], str(tmp_path / argv[3].lstrip("/")), *words], env=environment, capture_output=True, timeout=20, check=False)

    return run


def test_a_command_without_variables_needs_no_launcher():
    tree, argv = launcher.compose(plan_of(command=Command(words=("uvicorn", "main:app"), origin=NOWHERE)), "/usr/bin/python3.13")
    assert len(tree) == 0
    assert argv == ("uvicorn", "main:app")


def test_a_command_with_a_variable_goes_through_the_interpreter():
    tree, argv = launcher.compose(plan_of(command=Command(words=("uvicorn", "--port", "$PORT"), origin=NOWHERE)), "/usr/bin/python3.13")
    assert argv == ("/usr/bin/python3.13", "-I", "-S", "/opt/paredown/launch.py", "uvicorn", "--port", "$PORT")
    assert tree["opt/paredown/launch.py"].mode == 0o644


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("$A", "1"), ("${A}", "1"), ("x${A}y$A", "x1y1"), ("${NO:-8000}", "8000"), ("${NO-8000}", "8000"), ("${EMPTY:-8000}", "8000"),
        ("${EMPTY-8000}", ""), ("${A:+yes}", "yes"), ("${NO:+yes}", ""), ("$$A", "$A"), ("a$", "a$"), ("$1", "$1"), ("${A", "${A"),
        ("${NO:-a b}", "a b"), ("${NO:-http://x:1/}", "http://x:1/"), ("${A!}", "${A!}"), ("$A_", ""), ("${NO:-}", ""), ("ü$A", "ü1"), ("$(date)", "$(date)"),
        ("$A;rm -rf /", "1;rm -rf /"),
    ],
)  # fmt: skip
def test_words_expanded(launch, word, expected):
    done = launch("/bin/echo", "-n", word, A="1", EMPTY="", A_="")
    assert done.stdout.decode() == expected


def test_the_value_of_a_variable_is_not_expanded_again(launch):
    assert launch("/bin/echo", "-n", "$A", A="$B ${B}").stdout == b"$B ${B}"


def test_an_unset_variable(launch):
    done = launch("/bin/echo", "${NO}")
    assert (done.returncode, done.stderr) == (2, b"paredown launcher: NO is not set, and the start command has no default for it\n")


def test_an_unset_variable_with_a_message(launch):
    done = launch("/bin/echo", "${NO:?say where the database is}")
    assert (done.returncode, done.stderr) == (2, b"paredown launcher: NO: say where the database is\n")


def test_a_program_is_looked_up_on_path_and_becomes_the_process(launch, tmp_path):
    program = tmp_path / "bin" / "tell"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho $$ $0 $1\n")
    program.chmod(0o755)
    done = launch("tell", "$A", A="1", PATH=f"/nonexistent:{program.parent}")
    _, where, argument = done.stdout.decode().split()
    assert (where, argument) == (str(program), "1")


def test_a_program_that_is_not_there(launch):
    done = launch("nosuchprogram", "$A", A="1", PATH="/nonexistent")
    assert (done.returncode, done.stderr) == (127, b"paredown launcher: nosuchprogram is not in the image on PATH\n")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may run anything that is executable for anyone")
def test_a_program_that_may_not_run(launch, tmp_path):
    (tmp_path / "locked").write_text("#!/bin/sh\n")
    assert launch(str(tmp_path / "locked")).returncode == 126


def test_nothing_heavy_is_imported(tmp_path):
    tree, _ = launcher.compose(plan_of(command=Command(words=("$X",), origin=NOWHERE)), sys.executable)
    source = tree.read("opt/paredown/launch.py").decode()
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported == {"posix", "sys"}
    assert "posix" in sys.builtin_module_names


def test_the_launcher_has_no_bytes_of_this_machine():
    tree, _ = launcher.compose(plan_of(command=Command(words=("$X",), origin=NOWHERE)), sys.executable)
    assert str(Path.home()).encode() not in tree.read("opt/paredown/launch.py") or str(Path.home()) == "/"


@pytest.mark.parametrize("word", ["gunicorn", "/opt/venv/bin/gunicorn", "./serve", "$SERVER", "env"])
def test_a_program_that_is_there_is_not_refused(word):
    tree = tree_of({"opt/venv/bin/gunicorn*": b"", "app/serve*": b"", "bin": "-> usr/bin", "usr/bin/env*": b""})
    assert launcher.refuse_missing(plan_of(command=Command(words=(word,), origin=NOWHERE)), tree, "/opt/venv/bin:/bin") is None


@pytest.mark.parametrize("word", ["gunicorn", "/venv/bin/gunicorn", "./gunicorn"])
def test_a_program_that_is_not_there_is_refused_where_the_command_is_written(word):
    with pytest.raises(UserError, match=f"the command starts {word}, which the image does not have") as caught:
        launcher.refuse_missing(plan_of(command=Command(words=(word, "app:app"), origin=Origin("Dockerfile", 7))), tree_of({"usr/bin/env*": b""}), "/usr/bin")
    assert caught.value.where == "Dockerfile:7"
    assert "add the distribution that brings it" in (caught.value.fix or "")
