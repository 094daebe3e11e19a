"""`paredown verify` as a person meets it when something is wrong before anything runs: the exit code, the message, what to type."""

from pathlib import Path

import pytest

from command_line import CommandLine


@pytest.fixture
def paredown(tmp_path: Path) -> CommandLine:
    return CommandLine(folder=tmp_path)


def test_there_is_no_such_file_when_a_path_is_given(paredown: CommandLine) -> None:
    paredown.run("verify", "./a", "./b").refuses(2, "there is no ./a", where="./a", fix="check the path")


def test_a_file_that_is_no_image_is_told(paredown: CommandLine) -> None:
    (paredown.folder / "notes.tar").write_bytes(b"hello")
    paredown.run("verify", "notes.tar", "notes.tar").refuses(2, "notes.tar is not an image", where="notes.tar", fix="give an OCI layout folder")


def test_what_is_no_reference_is_not_looked_for_in_an_engine(paredown: CommandLine) -> None:
    paredown.run("verify", "a b!", "c").refuses(2, "'a b!' is neither a file nor the name of an image", fix="give a file, a folder, or a name")


def test_a_runner_that_is_not_there_is_told_with_another(tmp_path: Path) -> None:
    paredown = CommandLine(folder=tmp_path, environment={"PATH": str(tmp_path / "nowhere")})
    paredown.run("verify", "a", "b", "--runner", "docker").refuses(3, "the runner docker cannot run here", fix="try `--runner sandbox`")


def test_an_unknown_setting_is_told_with_the_one_that_is_meant(paredown: CommandLine) -> None:
    (paredown.folder / "paredown.toml").write_text('[verify]\nenviroment = { A = "b" }\n', "utf-8")
    paredown.run("verify", "a", "b").refuses(2, "unknown key `verify.enviroment`", where="paredown.toml:2", fix="write `environment`")
