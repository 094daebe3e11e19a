from paredown.errors import UserError
from paredown.finding import Checked, Checkup, Finding, Place, Severity
from paredown.reports.github import annotations


def annotation(message: str, place: Place, location: str = "Dockerfile", severity: Severity = Severity.WARNING, advice: str = "") -> str:
    finding = Finding(rule="a-fault", severity=severity, message=message, place=place, advice=advice)
    return annotations(Checkup(files=(Checked(file="x", location=location, kind="dockerfile", findings=(finding,)),), rules=()))


def test_place_is_given_with_columns_on_one_line_only() -> None:
    one = Place(file="x", line=2, column=5, end_line=2, end_column=8)
    assert annotation("wrong", one) == "::warning file=Dockerfile,line=2,endLine=2,col=5,endColumn=7,title=paredown a-fault::wrong\n"
    more = Place(file="x", line=2, column=5, end_line=4, end_column=8)
    assert annotation("wrong", more, severity=Severity.INFO) == "::notice file=Dockerfile,line=2,endLine=4,title=paredown a-fault::wrong\n"


def test_nothing_in_a_text_starts_a_command_of_its_own() -> None:
    text = annotation("50 %\r\n::error::forged", Place(file="x"), location="a,b:c", advice="\x1b[0m")
    assert text == "::warning file=a%2Cb%3Ac,title=paredown a-fault::50 %25␍%0A::error::forged%0A␛[0m\n"


def test_file_that_cannot_be_read_is_an_error() -> None:
    checked = Checked(file="b", location="b", kind="", problem=UserError("b is empty"))
    assert annotations(Checkup(files=(checked,), rules=())) == "::error file=b,title=paredown::b is empty\n"
