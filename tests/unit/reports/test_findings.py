from dataclasses import replace

from paredown.card import Card, Safety
from paredown.dockerfile.syntax import Edit, Span, line_and_column
from paredown.errors import UserError
from paredown.finding import Checked, Checkup, Described, Finding, Place, Severity
from paredown.reports.findings import findings_lines, findings_report, summary
from paredown.reports.ink import Ink

PLAIN = Ink(colours=False)
CARD = Card(id="a-fault", summary="a fault", why="It costs.", sources=("https://example.org/a", "b/c#1"), safety=Safety.SAFE, since="0.1.0")


def checkup(text: str, *guilty: str, new: str | None = None, safe: bool = True, message: str = "this is wrong", file: str = "Dockerfile") -> Checkup:
    """Each `guilty` part of `text` is found; `new` is what its edit writes."""
    findings = []
    for part in guilty:
        start = text.index(part)
        (line, column), (end_line, end_column) = line_and_column(text, start), line_and_column(text, start + len(part))
        place = Place(file=file, line=line, column=column, end_line=end_line, end_column=end_column)
        edits = (Edit(Span(start, start + len(part)), new),) if new is not None else ()
        advice = "" if edits else "write it better"
        findings.append(Finding(rule="a-fault", severity=Severity.WARNING, message=message, place=place, edits=edits, safe=safe, advice=advice))
    rules = (Described(card=CARD, kind="rule", level="warning", same_as=("hadolint DL9999",)),)
    return Checkup(files=(Checked(file=file, location=file, kind="dockerfile", text=text, findings=tuple(findings)),), rules=rules)


def report(text: str, *guilty: str, new: str | None = None, message: str = "this is wrong", file: str = "Dockerfile") -> list[str]:
    return findings_report(checkup(text, *guilty, new=new, message=message, file=file), PLAIN).split("\n")


def test_guilty_part_is_marked_with_why_advice_and_source() -> None:
    assert report("FROM x\nRUN bad thing\n", "bad") == [
        "warning[a-fault]: this is wrong",
        " --> Dockerfile:2:5",
        "  |",
        "2 | RUN bad thing",
        "  |     ^^^",
        "  |",
        "  = why: It costs.",
        "  = fix: write it better",
        "  = see: hadolint DL9999, https://example.org/a",
    ]


def test_why_and_source_are_told_once_unless_asked_for() -> None:
    found = checkup("FROM x\nRUN bad\nRUN worse\n", "bad", "worse")
    assert findings_report(found, PLAIN).count("why:") == 1
    assert findings_report(found, PLAIN, verbose=True).count("why:") == 2


def test_edit_is_shown_as_lines_before_and_after() -> None:
    lines = report("FROM x\nRUN bad\nRUN more\n", "bad", new="good")
    assert lines[7:10] == ["  = fix: paredown check --fix", "2 - RUN bad", "2 + RUN good"]


def test_line_that_is_removed_is_shown_as_such() -> None:
    lines = report("FROM x\nRUN bad\nRUN more\n", "RUN bad\n", new="")
    assert lines[-3:-1] == ["  = fix: paredown check --fix", "2 - RUN bad"]


def test_part_over_several_lines_has_a_bar_and_its_middle_is_left_out() -> None:
    text = "FROM x\nRUN one && \\\n    two && \\\n    three\n"
    assert report(text, text[7:-1])[2:7] == ["  |", "2 | / RUN one && \\", "3 | |     two && \\", "4 | |     three", "  | |_^"]
    long = "FROM x\nRUN one \\\n" + " a \\\n" * 20 + " b\n"
    assert [line for line in report(long, long[7:-1])[3:-3] if "..." in line] == ["...| | ..."[:2] + " | | ..."]


def test_report_fits_80_columns_and_shows_what_is_marked() -> None:
    text = "FROM x\nRUN " + "before " * 30 + "bad " + "after " * 30 + "\n"
    lines = report(text, "bad", new="good", message="a long message " * 10)
    found = checkup(text, "bad")
    long_card = replace(found, rules=(replace(found.rules[0], card=replace(CARD, why="It costs a lot. " * 20)),))
    assert max(map(len, lines)) <= 80
    assert max(map(len, findings_report(long_card, PLAIN).split("\n"))) <= 80
    shown = next(number for number, line in enumerate(lines) if line.startswith("2 | "))
    start = lines[shown + 1].index("^")
    assert lines[shown][start : start + 3] == "bad"


def test_change_at_the_end_of_a_long_line_is_in_sight() -> None:
    lines = report("FROM x\nRUN " + "before " * 30 + "bad\n", "bad", new="bad && good")
    assert next(line for line in lines if line.startswith("2 +")).endswith("bad && good")


def test_tabs_and_wide_letters_keep_the_mark_below_what_it_marks() -> None:
    lines = report("FROM x\nRUN\techo 漢字 bad\n", "bad")
    assert (lines[3], lines[4].index("^")) == ("2 | RUN    echo 漢字 bad", len("2 | RUN    echo 漢字 ") + 2)


def test_characters_that_steer_a_terminal_are_shown_as_signs() -> None:
    text = "FROM x\nRUN \x1b[31mbad\x9b\u202e\r\n"
    shown = "\n".join(report(text, "bad", new="\x07", message="\x1b]0;title\x07", file="a\x1b[2J"))
    assert not [character for character in shown if not character.isprintable() and character != "\n"]
    assert "RUN ␛[31mbad" in shown


def test_summary_counts_and_says_what_mends() -> None:
    left = checkup("FROM x\nRUN bad\n", "bad", new="good")
    assert summary(left, written=True) == "Found 1 fault (1 warning) in 1 file; 1 can be mended: paredown check --fix"
    assert summary(checkup("FROM x\n"), written=True) == "Nothing found in 1 file"
    unreadable = Checkup(files=(Checked(file="a", location="a", kind="", problem=UserError("no")),), rules=())
    assert summary(unreadable, written=True) == ""


def test_quiet_has_a_line_for_each() -> None:
    assert findings_lines(checkup("FROM x\nRUN bad\n", "bad")) == "Dockerfile:2:5: warning[a-fault]: this is wrong"
