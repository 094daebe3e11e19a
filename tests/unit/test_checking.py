import os
from pathlib import Path

import pytest

from paredown import checking
from paredown.checking import Mend, Request
from paredown.composers.interface import Means
from paredown.errors import UserError
from paredown.finding import Checked, Checkup, Severity

FAULTY = "FROM python:3.13-slim\nRUN pip install flask==3.1.0\n"
MENDED = "FROM python:3.13-slim\nRUN pip install --no-cache-dir flask==3.1.0\n"


def no_means() -> Means:
    raise AssertionError("no image is checked")


def put(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*paths: str, select: tuple[str, ...] = ("pip-cache-kept",), ignore: tuple[str, ...] = (), mend: Mend = Mend.NOTHING, write: bool = True) -> Checkup:
    return checking.check(Request(paths=paths, select=select, ignore=ignore, mend=mend, write=write), no_means)


def only(checkup: Checkup) -> Checked:
    (checked,) = checkup.files
    return checked


def problem_of(path: str) -> str:
    checked = only(check(path))
    assert checked.problem is not None
    return str(checked.problem)


def test_folder_stands_for_its_dockerfiles_less_what_git_ignores(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY, "api/dev.Dockerfile": FAULTY, "old/Dockerfile": FAULTY, "node_modules/x/Dockerfile": FAULTY, ".gitignore": "old/\n"})
    put(here, {"Dockerfile.j2": "{{ no }}", "venv/pyvenv.cfg": "", "venv/Dockerfile": FAULTY})
    assert [checked.file for checked in check().files] == ["Dockerfile", "api/dev.Dockerfile"]
    assert [checked.location for checked in check("api").files] == ["api/dev.Dockerfile"]


def test_file_given_twice_is_looked_at_once(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY})
    assert len(check("Dockerfile", "./Dockerfile", ".").files) == 1


def test_unreadable_file_is_told_beside_the_others(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY, "a.Dockerfile": "", "b.Dockerfile": "hello world\n"})
    told = [(checked.file, checked.problem.what if checked.problem else "", len(checked.findings)) for checked in check().files]
    assert told == [
        ("Dockerfile", "", 1),
        ("a.Dockerfile", "a.Dockerfile is empty", 0),
        ("b.Dockerfile", "b.Dockerfile has no FROM, so it is no Dockerfile", 0),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x7fELF\0\0", "it holds bytes that are no text"),
        ("FROM x\n".encode("utf-16"), "is written in UTF-16"),
        (b"FROM x\n" + b"# a comment\n" * 900_000, "has 11 MB"),
        (b"FROM x\nRUN <<EOF\necho\n", "the here-document EOF does not end"),
    ],
)
def test_bad_file_gets_its_message(here: Path, content: bytes, told: str) -> None:
    put(here, {"Dockerfile": content})
    assert told in problem_of("Dockerfile")


def test_missing_paths_get_their_messages(here: Path) -> None:
    os.symlink("one", here / "other")
    os.symlink("other", here / "one")
    os.symlink("nowhere", here / "dangling")
    (here / "empty").mkdir()
    assert "there is no no.Dockerfile" in problem_of("no.Dockerfile")
    assert "one cannot be read: too many levels of symbolic links" in problem_of("one")
    assert "dangling is a link to nowhere, which is not there" in problem_of("dangling")
    assert "there is no Dockerfile, Containerfile or compose file in empty or below" in problem_of("empty")


def test_links_in_a_circle_are_passed_over_in_a_folder(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY})
    os.symlink(".", here / "again")
    os.symlink("b.Dockerfile", here / "a.Dockerfile")
    os.symlink("a.Dockerfile", here / "b.Dockerfile")
    assert [checked.file for checked in check().files] == ["Dockerfile"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission_gets_its_message(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY})
    (here / "Dockerfile").chmod(0)
    assert "Dockerfile may not be read" in problem_of("Dockerfile")


def test_mending_writes_only_the_guilty_words_and_keeps_the_mode(here: Path) -> None:
    text = FAULTY.replace("\n", "\r\n")
    put(here, {"Dockerfile": "\ufeff" + text})
    (here / "Dockerfile").chmod(0o640)
    checked = only(check(mend=Mend.SAFE))
    assert (here / "Dockerfile").read_bytes() == ("\ufeff" + MENDED.replace("\n", "\r\n")).encode()
    assert (here / "Dockerfile").stat().st_mode & 0o777 == 0o640
    assert ([finding.rule for finding in checked.mended], checked.findings) == (["pip-cache-kept"], ())
    assert sorted(path.name for path in here.iterdir()) == [".git", "Dockerfile"]


def test_diff_is_told_and_nothing_written(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY + "ENV DB_PASSWORD=hunter2"})
    checked = only(check(mend=Mend.SAFE, write=False))
    assert checked.diff.splitlines()[3:] == [
        " FROM python:3.13-slim",
        "-RUN pip install flask==3.1.0",
        "+RUN pip install --no-cache-dir flask==3.1.0",
        " ENV DB_PASSWORD=*******",
        "\\ No newline at end of file",
    ]
    assert (here / "Dockerfile").read_text().startswith(FAULTY)


def test_link_is_mended_where_it_leads_within_the_repository_only(here: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "Dockerfile"
    outside.write_text(FAULTY)
    put(here, {"shared/base": FAULTY})
    os.symlink("shared/base", here / "a.Dockerfile")
    os.symlink(outside, here / "b.Dockerfile")
    a, b = check(mend=Mend.SAFE).files
    assert ((here / "shared/base").read_text(), (here / "a.Dockerfile").is_symlink(), a.problem) == (MENDED, True, None)
    assert outside.read_text() == FAULTY
    assert b.problem is not None
    assert "outside of" in b.problem.what


def test_others_names_choose_rules_and_unknown_ones_are_refused(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY})
    assert "pip-cache-kept" in {finding.rule for finding in only(check(select=("DL3042",))).findings}
    assert only(check(select=("pip-cache-kept",), ignore=("hadolint dl3042",))).findings == ()
    with pytest.raises(UserError, match="no rule is called `pip-cache-kep`") as caught:
        check(select=("pip-cache-kep",))
    assert caught.value.fix == "write `pip-cache-kept`"


def test_nearest_settings_hold(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY, "api/Dockerfile": FAULTY, "api/dev.Dockerfile": FAULTY, "job/Dockerfile": FAULTY})
    put(here, {"paredown.toml": '[check]\nignore = ["DL3042"]\n'})
    put(here, {"api/pyproject.toml": '[tool.paredown.check]\nfail-on = "error"\n[tool.paredown.check.per-file-ignores]\n"dev.*" = ["pip-cache-kept"]\n'})
    told = {checked.file: (len(checked.findings), checked.failing) for checked in check().files}
    assert told == {"Dockerfile": (0, 0), "api/Dockerfile": (1, 0), "api/dev.Dockerfile": (0, 0), "job/Dockerfile": (0, 0)}


def test_settings_that_name_no_rule_point_at_their_line(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY, "paredown.toml": '[check]\nfail-on = "info"\nignore = ["DL3O42"]\n'})
    with pytest.raises(UserError, match="no rule is called `DL3O42`") as caught:
        check()
    assert caught.value.where == f"{here}/paredown.toml:3"


def test_hadolints_configuration_is_honoured(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY, ".hadolint.yaml": "ignored:\n  - DL3042\n  - SC9999\n"})
    assert only(check()).findings == ()


@pytest.mark.parametrize(
    "text",
    [
        FAULTY.replace("RUN", "# paredown: ignore=pip-cache-kept\nRUN"),
        FAULTY.replace("RUN", "# hadolint ignore=DL3006,DL3042\nRUN"),
        "# check=skip=all\n" + FAULTY,
        "# hadolint global ignore=DL3042\n" + FAULTY,
    ],
)
def test_comments_silence(here: Path, text: str) -> None:
    put(here, {"Dockerfile": text})
    assert only(check()).findings == ()


def test_severity_decides_what_fails(here: Path) -> None:
    put(here, {"Dockerfile": FAULTY})
    request = Request(select=("pip-cache-kept",), fail_on=Severity.ERROR)
    assert [(len(one.findings), one.failing) for one in checking.check(request, no_means).files] == [(1, 0)]


def test_compose_and_ignore_files_are_looked_at(here: Path) -> None:
    put(here, {"compose.yaml": "version: '3'\nservices:\n  a:\n    image: x\n", ".dockerignore": "*.log # logs\n", "Dockerfile": FAULTY})
    found = {checked.file: {finding.rule for finding in checked.findings} for checked in check(select=()).files}
    assert "compose-version-obsolete" in found["compose.yaml"]
    assert "ignore-comment-is-pattern" in found[".dockerignore"]
