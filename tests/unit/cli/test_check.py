import json
from pathlib import Path

import pytest

from command_line import CommandLine

FAULTY = "FROM python:3.13-slim\nRUN pip install flask==3.1.0\n"
ONLY = ("--select", "pip-cache-kept")


@pytest.fixture
def paredown(tmp_path: Path) -> CommandLine:
    (tmp_path / "Dockerfile").write_text(FAULTY)
    return CommandLine(folder=tmp_path)


def test_findings_are_the_answer_and_fail_by_their_severity(paredown: CommandLine) -> None:
    found = paredown.run("check", *ONLY)
    assert (found.code, found.out.splitlines()[0]) == (1, "warning[pip-cache-kept]: pip keeps what it downloads in this layer")
    assert found.err == "Found 1 fault (1 warning) in 1 file; 1 can be mended: paredown check --fix\n"
    assert paredown.run("check", *ONLY, "--fail-on", "error", "-q").code == 0


def test_fix_mends_and_diff_only_shows(paredown: CommandLine, tmp_path: Path) -> None:
    shown = paredown.run("check", *ONLY, "--diff")
    assert (shown.code, shown.out.splitlines()[-1]) == (1, "+RUN pip install --no-cache-dir flask==3.1.0")
    assert (tmp_path / "Dockerfile").read_text() == FAULTY
    mended = paredown.run("check", *ONLY, "--fix")
    assert (mended.code, mended.err) == (0, "mended Dockerfile: pip-cache-kept\nMended 1 fault in 1 file\n")
    assert paredown.run("check", *ONLY).code == 0


def test_unreadable_file_is_an_error_beside_the_findings(paredown: CommandLine) -> None:
    found = paredown.run("check", "Dockerfile", "other.Dockerfile", *ONLY, "--format", "json", "-o", "out.json")
    assert (found.code, found.out) == (2, "")
    assert "error: there is no other.Dockerfile\n  --> other.Dockerfile\n  fix: check the path\n" in found.err
    written = json.loads((paredown.folder / "out.json").read_text())
    assert [(one["file"], len(one["findings"]), one["problem"] is None) for one in written["files"]] == [
        ("Dockerfile", 1, True),
        ("other.Dockerfile", 0, False),
    ]


def test_unknown_rule_is_refused(paredown: CommandLine) -> None:
    paredown.run("check", "--ignore", "DL3O42").refuses(2, "no rule is called `DL3O42`", fix="write `DL3042`")
    paredown.run("explain", "pip-cache-kep").refuses(2, "no rule is called", fix="write `pip-cache-kept`")


def test_explain_knows_others_names(paredown: CommandLine) -> None:
    found = paredown.run("explain", "DL3042")
    assert (found.code, "pip-cache-kept (rule, warning, since 0.1.0)" in found.out) == (0, True)
