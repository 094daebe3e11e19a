"""Paths, programs and libraries are read from constants, however they are put together."""

from paredown.pydist.constants import in_elf, in_source


def test_paths_are_folded_when_they_are_put_together_of_constants() -> None:
    text = 'from pathlib import Path\na = Path("/etc") / "x" / "y.conf"\nb = os.path.join("/var/lib", "z")\nc = "/opt/" + "w"\nd = os.path.join(base, "/no")'
    assert {"/etc/x/y.conf", "/var/lib/z", "/opt/w"} <= in_source(text).paths


def test_strings_that_nothing_takes_do_not_count() -> None:
    text = '"""/etc/one"""\ndef f():\n    """Reads /etc/two."""\n    "/etc/three"\n    return f"/etc/{f}"  # "/etc/four"'
    assert in_source(text).paths == frozenset()


def test_what_is_quoted_counts_when_the_syntax_is_not_known() -> None:
    assert in_source("print '/etc/words'").paths == {"/etc/words"}


def test_programs_are_the_first_words_of_calls_that_start_some() -> None:
    text = (
        "import subprocess, shutil, os\nsubprocess.run(['git', 'log'])\nshutil.which('convert')\nos.execvp('tini', args)\n"
        "os.spawnlp(os.P_WAIT, 'ffmpeg', 'ffmpeg')\napp.run('0.0.0.0')\nsubprocess.run(command)\n"
        "words = ['file', '--brief', path]\nsubprocess.run(words, check=True)"
    )
    assert in_source(text).programs == {"git", "convert", "tini", "ffmpeg", "file"}


def test_a_program_is_named_by_the_variable_in_which_a_wrapper_keeps_it() -> None:
    text = "import subprocess\ntesseract_cmd = 'tesseract'\nclass A:\n    binary = 'ffmpeg'\nname = 'git'\ncommand = 'two words'\nsubprocess.run(arguments)"
    assert in_source(text).programs == {"tesseract", "ffmpeg"}


def test_constants_of_compiled_code_end_where_the_next_begins() -> None:
    found = in_elf(b"\0/etc/localtime/usr/share/zoneinfo\0libcups.so.2\0relative/lib/no\0/opt/x/lib/yes\0")
    assert found.paths == {"/etc/localtime", "/usr/share/zoneinfo", "/opt/x/lib/yes"}
    assert found.libraries == {"libcups.so.2"}
